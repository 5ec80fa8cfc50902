-- Admits requests one after the other.
-- KEYS: the reservation of each request, then every ledger that any of them names.
-- ARGV[1]: the clock of a test or nothing.
-- ARGV[2]: JSON { requests, lists }, see src/encode-admission.ts:
--   request: [reservation id, tokens, lease in ms, pick, seed, list of candidates, list of scopes]
--   list:    runs of six numbers: first ledger, count, tier, rpm, tpm, parallel (limits below zero are none)
-- Returns for each request: the number of the chosen candidate or 0, requests and tokens its ledger then
-- holds, how many scopes are in the way, and of each scope and candidate in the way: number, limit, wait.
local now = readClock(ARGV[1])
local batch = cjson.decode(ARGV[2])
local requests, lists = batch.requests, batch.lists
local LEAST_TOKENS, LEAST_BUSY = 1, 2

-- Lua cannot hand over more than about 8000 arguments at a time.
local raw, SLICE = {}, 1000
for first = 1, #KEYS, SLICE do
  local last = math.min(first + SLICE - 1, #KEYS)
  local values = redis.call('MGET', unpack(KEYS, first, last))
  for index = 1, last - first + 1 do raw[first + index - 1] = values[index] end
end

local opened, ledgers = {}, {}
local function ledgerOf(index)
  local ledger = ledgers[index]
  if not ledger then
    ledger = openLedger(KEYS[index], raw[index], now)
    ledgers[index] = ledger
    opened[#opened + 1] = ledger
  end
  return ledger
end

local function fits(ledger, rpm, tpm, maxParallel, tokens)
  return (rpm < 0 or ledger.requests < rpm) and (tpm < 0 or ledger.tokens + tokens <= tpm)
    and (maxParallel < 0 or ledger.busy < maxParallel)
end

local function report(refusals, number, ledger, rpm, tpm, maxParallel, tokens)
  local code, wait = judge(ledger, rpm, tpm, maxParallel, tokens, now)
  local size = #refusals
  refusals[size + 1], refusals[size + 2], refusals[size + 3] = number, code, wait == NEVER and -1 or wait
end

-- Looks at a whole list; calls `see(number, index of the ledger, ledger, tier)` for everything that fits.
local function walk(list, tokens, refusals, see)
  local number = 0
  for at = 1, #list, 6 do
    local first, tier, rpm, tpm, maxParallel = list[at], list[at + 2], list[at + 3], list[at + 4], list[at + 5]
    for index = first, first + list[at + 1] - 1 do
      number = number + 1
      local ledger = ledgerOf(index)
      if fits(ledger, rpm, tpm, maxParallel, tokens) then
        see(number, index, ledger, tier)
      else
        report(refusals, number, ledger, rpm, tpm, maxParallel, tokens)
      end
    end
  end
end

-- Number and ledger of the candidate that is picked, as src/choose-candidate.ts does it; 0 if none fits.
local function choose(list, tokens, refusals, pick, seed)
  local tied, tiedLedgers, ties, lowest, least = {}, {}, 0, NEVER, NEVER
  walk(list, tokens, refusals, function(number, index, ledger, tier)
    if tier > lowest then return end
    local use = pick == LEAST_TOKENS and ledger.tokens or pick == LEAST_BUSY and ledger.busy or number
    if tier < lowest or use < least then lowest, least, ties = tier, use, 0 end
    if use == least then
      ties = ties + 1
      tied[ties], tiedLedgers[ties] = number, index
    end
  end)
  if ties == 0 then return 0 end
  local lot = seed % ties + 1
  return tied[lot], tiedLedgers[lot]
end

local reserved = {}
local function reserve(request, reservationIndex, chosenIndex, scopeIndexes)
  local id, tokens, leaseMs = request[1], request[2], request[3]
  local life = math.max(leaseMs, WINDOW + CELL)
  local record = { id, tokens, now + life }
  table.insert(scopeIndexes, 1, chosenIndex)
  for _, index in ipairs(scopeIndexes) do
    record[#record + 1] = KEYS[index]
    record[#record + 1] = take(ledgerOf(index), id, tokens, now, leaseMs)
  end
  redis.call('SET', KEYS[reservationIndex], cmsgpack.pack(record), 'PX', life + TTL_MARGIN)
  reserved[id] = record
end

-- A request that was admitted before keeps what it has, if that still stands in its list.
local function chosenBefore(list, record)
  local key, number = record[4], 0
  for at = 1, #list, 6 do
    for index = list[at], list[at] + list[at + 1] - 1 do
      number = number + 1
      if KEYS[index] == key then return number, index end
    end
  end
  return 0
end

local answers = {}
for at, request in ipairs(requests) do
  local tokens, candidates = request[2], lists[request[6]]
  local scopeRefusals, refusals, scopeIndexes = {}, {}, {}
  walk(lists[request[7]], tokens, scopeRefusals, function(_, index) scopeIndexes[#scopeIndexes + 1] = index end)
  local chosen, chosenIndex = choose(candidates, tokens, refusals, request[4], request[5])
  local before = reserved[request[1]] or (raw[at] and cmsgpack.unpack(raw[at]))
  if before and before[3] > now then
    chosen, chosenIndex = chosenBefore(candidates, before)
  elseif #scopeRefusals > 0 then
    chosen = 0
  elseif chosen > 0 then
    reserve(request, at, chosenIndex, scopeIndexes)
  end
  local answer = { chosen, 0, 0, #scopeRefusals / 3 }
  if chosen > 0 then
    answer[2], answer[3] = ledgerOf(chosenIndex).requests, ledgerOf(chosenIndex).tokens
  end
  for _, value in ipairs(scopeRefusals) do answer[#answer + 1] = value end
  for _, value in ipairs(refusals) do answer[#answer + 1] = value end
  answers[at] = answer
end
for _, ledger in ipairs(opened) do saveLedger(ledger, now) end
return answers
