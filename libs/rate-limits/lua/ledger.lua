-- The ledger of one deployment, key, team or end user; put before every step that reads or writes ledgers.
--
--   <key>          string  the summary below, packed: all that admission has to look at
--   <key>:cells    hash    second -> requests, tokens, time of its youngest request, next second in use
--   <key>:leases   zset    reservation id -> end of its lease
--   sb:unsettled:<day>     hash, days since 1970: attempts whose lease ended before anybody settled them, and
--                          their tokens and nano_dollars as estimated
--
-- Cells form a chain from `head` (oldest) to `tail` (newest); 0 is no cell. Each is linked once and dropped
-- once, so the sums stay right at a constant cost per admission, however busy or quiet the ledger is.
-- A script reads what it needs of a ledger once and writes what changed once, at its end: a batch costs little
-- more than a single request.
-- Times are milliseconds. The keys live no longer than what they say can matter, but nothing relies on that.
-- TTL_MARGIN: so long after its end a lease is still there to be counted, if nobody has come by.
local WINDOW, CELL, TTL_MARGIN, PARALLEL_RETRY = 60000, 1000, 60000, 1000
local DAY, DEPLOYMENT = 86400000, 'sb:{deployment:'
local NEVER = math.huge
-- Lua cannot hand over more than about 8000 arguments at a time. Even: some of them come in pairs.
local SLICE = 1000
-- requests, tokens, busy (attempts in flight), headLast (time of the youngest request of the oldest cell),
-- soonestLease (the first end of a lease); then head, tail, keepUntil (when all of it may be forgotten).
local SUMMARY = '<dddddddd'
local SUMMARY_BEGIN = '<ddddd'
local CELL_FORMAT = '<dddd'

-- Redis' own clock, unless a test brings one.
local function readClock(override)
  if override ~= '' then return tonumber(override) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local REQUESTS, TOKENS, LAST, NEXT = 1, 2, 3, 4

-- The cell of a second, nil when there is none. Whoever changes it says so with `touchCell`.
local function cellOf(ledger, second)
  local cell = ledger.cells[second]
  if cell == nil then
    local packed = redis.call('HGET', ledger.key .. ':cells', second)
    cell = packed and { struct.unpack(CELL_FORMAT, packed) }
    ledger.cells[second] = cell
  end
  return cell or nil
end

local function touchCell(ledger, second)
  ledger.touched[second] = true
  ledger.changed = true
end

local function dropOldCells(ledger, now)
  local old = {}
  while ledger.head ~= 0 do
    local cell = cellOf(ledger, ledger.head)
    if cell and cell[LAST] + WINDOW > now then
      ledger.headLast = cell[LAST]
      break
    end
    old[#old + 1] = ledger.head
    ledger.cells[ledger.head] = false
    if cell then
      ledger.requests, ledger.tokens = ledger.requests - cell[REQUESTS], ledger.tokens - cell[TOKENS]
    end
    ledger.head = cell and cell[NEXT] or 0
  end
  if ledger.head == 0 then ledger.requests, ledger.tokens, ledger.headLast = 0, 0, NEVER end
  redis.call('HDEL', ledger.key .. ':cells', unpack(old))
  ledger.changed = true
end

-- An attempt has one deployment, so that it is counted once.
local function countUnsettled(ledger, leases, now)
  if ledger.key:sub(1, #DEPLOYMENT) ~= DEPLOYMENT then return end
  local attempts, tokens, nanoDollars = 0, 0, 0
  for _, id in ipairs(redis.call('ZRANGE', leases, '-inf', now, 'BYSCORE')) do
    local packed = redis.call('GET', 'sb:{reservation:' .. id .. '}')
    local record, spent
    if packed then record, spent = cmsgpack.unpack(packed) end
    attempts = attempts + 1
    tokens = tokens + (record and record[2] or 0)
    nanoDollars = nanoDollars + (spent and spent[1] or 0)
  end
  if attempts == 0 then return end
  local key = 'sb:unsettled:' .. math.floor(now / DAY)
  redis.call('HINCRBY', key, 'attempts', attempts)
  redis.call('HINCRBY', key, 'tokens', tokens)
  redis.call('HINCRBY', key, 'nano_dollars', nanoDollars)
  redis.call('PEXPIRE', key, 46 * DAY)
end

local function dropOldLeases(ledger, now)
  local leases = ledger.key .. ':leases'
  countUnsettled(ledger, leases, now)
  redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
  ledger.busy = redis.call('ZCARD', leases)
  ledger.soonestLease = tonumber(redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')[2]) or NEVER
  ledger.changed = true
end

-- The ledger as of now; `summary` is what GET says of its key.
local function openLedger(key, summary, now)
  local ledger = {
    key = key, requests = 0, tokens = 0, busy = 0, headLast = NEVER, soonestLease = NEVER,
    head = 0, tail = 0, keepUntil = 0, changed = false, taken = false,
    -- Cells by second (false: there is none), the seconds of those to write, and leases to write and to drop.
    cells = {}, touched = {}, begun = {}, ended = {},
  }
  if not summary then return ledger end
  ledger.requests, ledger.tokens, ledger.busy, ledger.headLast, ledger.soonestLease, ledger.head, ledger.tail,
    ledger.keepUntil = struct.unpack(SUMMARY, summary)
  if ledger.headLast + WINDOW <= now then dropOldCells(ledger, now) end
  if ledger.soonestLease <= now then dropOldLeases(ledger, now) end
  return ledger
end

local function writeLeases(ledger)
  local leases = ledger.key .. ':leases'
  for first = 1, #ledger.begun, SLICE do
    redis.call('ZADD', leases, unpack(ledger.begun, first, math.min(first + SLICE - 1, #ledger.begun)))
  end
  for first = 1, #ledger.ended, SLICE do
    local last = math.min(first + SLICE - 1, #ledger.ended)
    ledger.busy = ledger.busy - redis.call('ZREM', leases, unpack(ledger.ended, first, last))
  end
  ledger.begun, ledger.ended = {}, {}
end

local function saveLedger(ledger, now)
  if not ledger.changed then return end
  writeLeases(ledger)
  if ledger.head == 0 and ledger.busy == 0 then
    redis.call('DEL', ledger.key, ledger.key .. ':cells', ledger.key .. ':leases')
    return
  end
  local ttl = math.max(ledger.keepUntil - now, 0) + TTL_MARGIN
  redis.call('SET', ledger.key, struct.pack(SUMMARY, ledger.requests, ledger.tokens, ledger.busy,
    ledger.headLast, ledger.soonestLease, ledger.head, ledger.tail, ledger.keepUntil), 'PX', ttl)
  local cells = {}
  for second in pairs(ledger.touched) do
    cells[#cells + 1] = second
    cells[#cells + 1] = struct.pack(CELL_FORMAT, unpack(ledger.cells[second]))
  end
  if #cells > 0 then redis.call('HSET', ledger.key .. ':cells', unpack(cells)) end
  if not ledger.taken then return end
  redis.call('PEXPIRE', ledger.key .. ':cells', ttl)
  redis.call('PEXPIRE', ledger.key .. ':leases', ttl)
end

-- Books a request, or a further attempt of one (0 requests); returns its second, which a correction must name.
local function take(ledger, reservationId, requests, tokens, now, leaseMs)
  local second = math.floor(now / CELL)
  -- A clock that stepped back must not book before the newest cell: cells age out in their order.
  if ledger.head ~= 0 and ledger.tail > second then second = ledger.tail end
  local newest = ledger.head ~= 0 and cellOf(ledger, ledger.tail)
  if not newest then
    -- The first cell, or somebody deleted the others.
    ledger.requests, ledger.tokens, ledger.head = 0, 0, second
  elseif ledger.tail ~= second then
    newest[NEXT] = second
    touchCell(ledger, ledger.tail)
  end
  local cell = newest and ledger.tail == second and newest or { 0, 0, 0, 0 }
  cell[REQUESTS], cell[TOKENS], cell[LAST] = cell[REQUESTS] + requests, cell[TOKENS] + tokens, math.max(cell[LAST], now)
  ledger.cells[second] = cell
  touchCell(ledger, second)
  if ledger.head == second then ledger.headLast = cell[LAST] end
  ledger.begun[#ledger.begun + 1] = now + leaseMs
  ledger.begun[#ledger.begun + 1] = reservationId
  ledger.tail = second
  ledger.requests, ledger.tokens, ledger.busy = ledger.requests + requests, ledger.tokens + tokens, ledger.busy + 1
  ledger.soonestLease = math.min(ledger.soonestLease, now + leaseMs)
  ledger.keepUntil = math.max(ledger.keepUntil, now + leaseMs, cell[LAST] + WINDOW)
  ledger.taken = true
  return second
end

local function waitForCells(ledger, tokensCount, wanted, limit, now)
  if limit < 0 then return 0 end
  if wanted > limit then return NEVER end
  local excess = (tokensCount and ledger.tokens or ledger.requests) + wanted - limit
  local second, wait = ledger.head, 0
  while excess > 0 and second ~= 0 do
    local cell = cellOf(ledger, second)
    if not cell then break end
    excess = excess - (tokensCount and cell[TOKENS] or cell[REQUESTS])
    second, wait = cell[NEXT], cell[LAST] + WINDOW - now
  end
  return excess > 0 and NEVER or wait
end

local function waitForSlot(ledger, limit, now)
  if limit < 0 then return 0 end
  if limit < 1 then return NEVER end
  local excess = ledger.busy + 1 - limit
  if excess <= 0 then return 0 end
  writeLeases(ledger)
  local leaseEnd = redis.call('ZRANGE', ledger.key .. ':leases', excess - 1, excess - 1, 'WITHSCORES')[2]
  return math.min(PARALLEL_RETRY, (tonumber(leaseEnd) or now) - now)
end

-- Which limit (1 rpm, 2 tpm, 3 parallel) is in the way longest, and how long; 0 when there is room.
-- Limits below zero are none.
local function judge(ledger, rpm, tpm, maxParallel, tokens, now)
  local code, wait = 1, waitForCells(ledger, false, 1, rpm, now)
  local tokensWait = waitForCells(ledger, true, tokens, tpm, now)
  if tokensWait > wait then code, wait = 2, tokensWait end
  local slotWait = waitForSlot(ledger, maxParallel, now)
  if slotWait > wait then code, wait = 3, slotWait end
  if wait == 0 then code = 0 end
  return code, wait
end
