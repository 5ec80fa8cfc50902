-- Admits requests one after the other.
-- KEYS: the reservation of each request, those of attempts that ended before, then every ledger that is named.
-- ARGV[1]: the clock of a test or nothing.
-- ARGV[2]: JSON { requests, lists, ended, spendings, preview }, see src/encode-admission.ts:
--   request: [reservation id, tokens, lease in ms, pick, seed, list of candidates, list of scopes,
--            probes, nano-dollars, budgets, soft]
--   probes:  absent, or of each candidate on probation: its number and the ledger of its probes
--   budgets: absent, or runs of six numbers: number of the scope, number of the spending, most nano-dollars,
--            (below zero: any), months, length and offset of its windows (see spending.lua)
--   soft:    absent, or of each soft budget: number of the spending, nano-dollars
--   ended:   of the attempts that ended before: tokens and nano-dollars (below zero: unknown); settled first
--   spendings: how many of the last keys are spendings, not ledgers
--   preview: absent, or true: nothing is reserved
--   list:    runs of six numbers: first ledger, count, tier, rpm, tpm, parallel (limits below zero are none)
--            in place of a tier scopes have how many requests are taken: 0 where the call was counted before
-- Returns for each request: the number of the chosen candidate or 0, requests and tokens its ledger then
-- holds, how many scopes are in the way, of each scope requests and tokens it then holds, of each budget what is
-- then spent, of each soft budget what was spent before if that is news, else -1, and of each scope and candidate
-- in the way: number, limit, wait.
local now = readClock(ARGV[1])
local batch = cjson.decode(ARGV[2])
local asked, lists = batch.requests, batch.lists
local FIRST, LEAST_TOKENS, LEAST_BUSY = 0, 1, 2
local PROBE_LEASE = 30000
local BUDGET = 4

local changed, endedCount = {}, #batch.ended / 2
for number = 1, endedCount do
  local tokens, nanoDollars = batch.ended[2 * number - 1], batch.ended[2 * number]
  endReservation(KEYS[#asked + number], settled(tokens, nanoDollars >= 0 and nanoDollars or nil), changed, now)
end
for _, ledger in pairs(changed) do saveLedger(ledger, now) end
local reservations, lastLedger = #asked + endedCount, #KEYS - batch.spendings

local raw = {}
for first = 1, #KEYS, SLICE do
  local values = redis.call('MGET', unpack(KEYS, first, math.min(first + SLICE - 1, #KEYS)))
  for index = 1, #values do raw[first + index - 1] = values[index] end
end

-- Ledgers that are read or written in full; most are only compared.
local ledgers = {}
local function ledgerOf(index)
  local ledger = ledgers[index] or openLedger(KEYS[index], raw[index], now)
  ledgers[index] = ledger
  return ledger
end

-- What is compared, by index of the key: plain arrays, since hundreds of tables would cost more than all
-- the rest.
local requestsOf, tokensOf, busyOf = {}, {}, {}
local unpackSummary = struct.unpack
for index = 1, lastLedger do
  local requests, tokens, busy, headLast, soonestLease = 0, 0, 0, NEVER, NEVER
  if raw[index] and index > reservations then
    requests, tokens, busy, headLast, soonestLease = unpackSummary(SUMMARY_BEGIN, raw[index])
    if headLast + WINDOW <= now or soonestLease <= now then
      local ledger = ledgerOf(index)
      requests, tokens, busy = ledger.requests, ledger.tokens, ledger.busy
    end
  end
  requestsOf[index], tokensOf[index], busyOf[index] = requests, tokens, busy
end

local function report(refusals, number, index, rpm, tpm, maxParallel, tokens)
  local code, wait = judge(ledgerOf(index), rpm, tpm, maxParallel, tokens, now)
  local size = #refusals
  refusals[size + 1], refusals[size + 2], refusals[size + 3] = number, code, wait == NEVER and -1 or wait
end

-- Looks at a whole list. Gives number and index of the entry that is picked, as src/choose-candidate.ts does
-- it (0 if none fits); `refusals` collects what is in the way. `probes`: the ledgers of probes by number.
local function choose(list, tokens, refusals, pick, seed, probes)
  local numbers, indexes, ties, lowest, least, number = {}, {}, 0, NEVER, NEVER, 0
  local useOf = pick == LEAST_TOKENS and tokensOf or pick == LEAST_BUSY and busyOf
  for at = 1, #list, 6 do
    local first, tier, rpm, tpm, maxParallel = list[at], list[at + 2], list[at + 3], list[at + 4], list[at + 5]
    for index = first, first + list[at + 1] - 1 do
      number = number + 1
      if (rpm >= 0 and requestsOf[index] >= rpm) or (tpm >= 0 and tokensOf[index] + tokens > tpm)
        or (maxParallel >= 0 and busyOf[index] >= maxParallel) then
        report(refusals, number, index, rpm, tpm, maxParallel, tokens)
      elseif probes[number] and busyOf[probes[number]] > 0 then
        report(refusals, number, probes[number], -1, -1, 1, tokens)
      elseif tier <= lowest then
        local use = useOf and useOf[index] or number
        if tier < lowest or use < least then lowest, least, ties = tier, use, 0 end
        if use == least then
          ties = ties + 1
          numbers[ties], indexes[ties] = number, index
        end
      end
    end
  end
  if ties == 0 then return 0 end
  local lot = seed % ties + 1
  return numbers[lot], indexes[lot]
end

local spendings = {}
-- Calls `visit(scope number, spending, most nano-dollars)` with every budget of a request.
local function eachBudget(request, visit)
  local budgets = request[10]
  for at = 1, budgets and #budgets or 0, 6 do
    local number = budgets[at + 1]
    local index = lastLedger + number
    local spending = spendings[number]
      or openSpending(KEYS[index], raw[index], now, budgets[at + 3], budgets[at + 4], budgets[at + 5])
    spendings[number] = spending
    visit(budgets[at], spending, budgets[at + 2])
  end
end

-- A budget in the way counts if it stays there longer than what else is in the way in its scope.
local function reportBudget(refusals, number, wait)
  local place = #refusals + 1
  for at = 1, #refusals, 3 do
    if refusals[at] == number then place = at end
  end
  local known = refusals[place + 2]
  if known and (known < 0 or (wait >= 0 and wait <= known)) then return end
  refusals[place], refusals[place + 1], refusals[place + 2] = number, BUDGET, wait
end

local function judgeBudgets(request, refusals)
  local cost = request[9]
  eachBudget(request, function(number, spending, most)
    if most < 0 or spending.spent + cost <= most then return end
    reportBudget(refusals, number, (cost > most or spending.finish == NEVER) and -1 or spending.finish - now)
  end)
end

-- Of each soft budget: what is spent, if that is all of it and nobody was warned in this window, else -1.
local function warn(request)
  local soft, news = request[11], {}
  for at = 1, #soft, 2 do
    local spending = spendings[soft[at]]
    local isNews = spending.spent >= soft[at + 1] and spending.mark ~= WARNED
    if isNews and not batch.preview then spending.mark, spending.changed = WARNED, true end
    news[#news + 1] = isNews and spending.spent or -1
  end
  return news
end

local reserved = {}
local function book(record, index, requests, tokens, leaseMs)
  local ledger = ledgerOf(index)
  local second = take(ledger, record[1], requests, tokens, now, leaseMs)
  record[#record + 1] = KEYS[index]
  record[#record + 1] = requests == 0 and -second or second
  requestsOf[index], tokensOf[index], busyOf[index] = ledger.requests, ledger.tokens, ledger.busy
end

local function spend(request)
  local cost = request[9]
  local spent = { cost }
  eachBudget(request, function(_, spending)
    spending.spent, spending.changed = spending.spent + cost, true
    spent[#spent + 1] = spending.key
    spent[#spent + 1] = spending.start
  end)
  return spent
end

local function reserve(request, reservationIndex, chosenIndex, scopes, probeIndex)
  local id, tokens, leaseMs = request[1], request[2], request[3]
  local life = math.max(leaseMs, WINDOW + CELL, request[10] and LATEST_SETTLEMENT or 0)
  local record = { id, tokens, now + life }
  book(record, chosenIndex, 1, tokens, leaseMs)
  for at = 1, #scopes, 6 do
    for index = scopes[at], scopes[at] + scopes[at + 1] - 1 do book(record, index, scopes[at + 2], tokens, leaseMs) end
  end
  if probeIndex then book(record, probeIndex, 1, tokens, math.min(leaseMs, PROBE_LEASE)) end
  local packed = cmsgpack.pack(record)
  if request[10] then packed = packed .. cmsgpack.pack(spend(request)) end
  redis.call('SET', KEYS[reservationIndex], packed, 'PX', life + TTL_MARGIN)
  reserved[id] = record
end

-- A request that was admitted before keeps what it has, if that still stands in its list.
local function chosenBefore(list, record)
  local number = 0
  for at = 1, #list, 6 do
    for index = list[at], list[at] + list[at + 1] - 1 do
      number = number + 1
      if KEYS[index] == record[4] then return number, index end
    end
  end
  return 0, nil
end

local none = {}
local function probesOf(request)
  local encoded = request[8]
  if not encoded then return none end
  local probes = {}
  for at = 1, #encoded, 2 do probes[encoded[at]] = encoded[at + 1] end
  return probes
end

local answers = {}
for at, request in ipairs(asked) do
  local id, tokens, candidates, scopes = request[1], request[2], lists[request[6]], lists[request[7]]
  local scopeRefusals, refusals, probes = {}, {}, probesOf(request)
  choose(scopes, tokens, scopeRefusals, FIRST, 0, none)
  judgeBudgets(request, scopeRefusals)
  local news = request[11] and warn(request) or none
  local chosen, chosenIndex = choose(candidates, tokens, refusals, request[4], request[5], probes)
  local before = reserved[id] or (raw[at] and cmsgpack.unpack(raw[at]))
  if before and before[3] > now then
    chosen, chosenIndex = chosenBefore(candidates, before)
  elseif #scopeRefusals > 0 then
    chosen = 0
  elseif chosen > 0 and not batch.preview then
    reserve(request, at, chosenIndex, scopes, probes[chosen])
  end
  local answer = { chosen, 0, 0, #scopeRefusals / 3 }
  if chosen > 0 then answer[2], answer[3] = requestsOf[chosenIndex], tokensOf[chosenIndex] end
  for run = 1, #scopes, 6 do
    for index = scopes[run], scopes[run] + scopes[run + 1] - 1 do
      answer[#answer + 1] = requestsOf[index]
      answer[#answer + 1] = tokensOf[index]
    end
  end
  eachBudget(request, function(_, spending) answer[#answer + 1] = spending.spent end)
  for _, value in ipairs(news) do answer[#answer + 1] = value end
  for _, value in ipairs(scopeRefusals) do answer[#answer + 1] = value end
  for _, value in ipairs(refusals) do answer[#answer + 1] = value end
  answers[at] = answer
end
for _, ledger in pairs(ledgers) do saveLedger(ledger, now) end
for _, spending in pairs(spendings) do saveSpending(spending, now) end
return answers
