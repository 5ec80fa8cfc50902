-- The ledger of one deployment, key, team or end user; put before every step that reads or writes ledgers.
--
--   <key>          string  the summary below, packed: all that admission has to look at
--   <key>:cells    hash    second -> requests, tokens, time of its youngest request, next second in use
--   <key>:leases   zset    reservation id -> end of its lease
--
-- Cells form a chain from `head` (oldest) to `tail` (newest); 0 is no cell. Each is linked once and dropped
-- once, so the sums stay right at a constant cost per admission, however busy or quiet the ledger is.
-- Times are milliseconds. The keys live no longer than what they say can matter, but nothing relies on that.
local WINDOW, CELL, TTL_MARGIN, PARALLEL_RETRY = 60000, 1000, 1000, 1000
local NEVER = math.huge
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

local function readCell(ledger, second)
  local packed = redis.call('HGET', ledger.key .. ':cells', second)
  if packed then return struct.unpack(CELL_FORMAT, packed) end
end

local function dropOldCells(ledger, now)
  local old = {}
  while ledger.head ~= 0 do
    local requests, tokens, last, next = readCell(ledger, ledger.head)
    if requests and last + WINDOW > now then
      ledger.headLast = last
      break
    end
    old[#old + 1] = ledger.head
    if requests then
      ledger.requests, ledger.tokens = ledger.requests - requests, ledger.tokens - tokens
    end
    ledger.head = next or 0
  end
  if ledger.head == 0 then ledger.requests, ledger.tokens, ledger.headLast = 0, 0, NEVER end
  redis.call('HDEL', ledger.key .. ':cells', unpack(old))
  ledger.changed = true
end

local function dropOldLeases(ledger, now)
  local leases = ledger.key .. ':leases'
  redis.call('ZREMRANGEBYSCORE', leases, '-inf', now)
  ledger.busy = redis.call('ZCARD', leases)
  ledger.soonestLease = tonumber(redis.call('ZRANGE', leases, 0, 0, 'WITHSCORES')[2]) or NEVER
  ledger.changed = true
end

-- The ledger as of now; `summary` is what GET says of its key.
local function openLedger(key, summary, now)
  if not summary then
    return {
      key = key, requests = 0, tokens = 0, busy = 0, headLast = NEVER, soonestLease = NEVER,
      head = 0, tail = 0, keepUntil = 0, changed = false,
    }
  end
  local requests, tokens, busy, headLast, soonestLease, head, tail, keepUntil = struct.unpack(SUMMARY, summary)
  local ledger = {
    key = key, requests = requests, tokens = tokens, busy = busy, headLast = headLast,
    soonestLease = soonestLease, head = head, tail = tail, keepUntil = keepUntil, changed = false,
  }
  if headLast + WINDOW <= now then dropOldCells(ledger, now) end
  if soonestLease <= now then dropOldLeases(ledger, now) end
  return ledger
end

local function saveLedger(ledger, now)
  if not ledger.changed then return end
  if ledger.head == 0 and ledger.busy == 0 then
    redis.call('DEL', ledger.key, ledger.key .. ':cells', ledger.key .. ':leases')
    return
  end
  local ttl = math.max(ledger.keepUntil - now, 0) + TTL_MARGIN
  redis.call('SET', ledger.key, struct.pack(SUMMARY, ledger.requests, ledger.tokens, ledger.busy,
    ledger.headLast, ledger.soonestLease, ledger.head, ledger.tail, ledger.keepUntil), 'PX', ttl)
  if not ledger.taken then return end
  redis.call('PEXPIRE', ledger.key .. ':cells', ttl)
  redis.call('PEXPIRE', ledger.key .. ':leases', ttl)
end

-- Books a request; returns the second it was booked in, which its correction must name.
local function take(ledger, reservationId, tokens, now, leaseMs)
  local cells, second = ledger.key .. ':cells', math.floor(now / CELL)
  -- A clock that stepped back must not book before the newest cell: cells age out in their order.
  if ledger.head ~= 0 and ledger.tail > second then second = ledger.tail end
  local requests, cellTokens, last
  if ledger.head ~= 0 then requests, cellTokens, last = readCell(ledger, ledger.tail) end
  if not requests then
    -- The first cell, or somebody deleted the others.
    requests, cellTokens, last = 0, 0, 0
    ledger.requests, ledger.tokens, ledger.head = 0, 0, second
  elseif ledger.tail ~= second then
    redis.call('HSET', cells, ledger.tail, struct.pack(CELL_FORMAT, requests, cellTokens, last, second))
    requests, cellTokens, last = 0, 0, 0
  end
  last = math.max(last, now)
  redis.call('HSET', cells, second, struct.pack(CELL_FORMAT, requests + 1, cellTokens + tokens, last, 0))
  redis.call('ZADD', ledger.key .. ':leases', now + leaseMs, reservationId)
  if ledger.head == second then ledger.headLast = last end
  ledger.tail = second
  ledger.requests, ledger.tokens, ledger.busy = ledger.requests + 1, ledger.tokens + tokens, ledger.busy + 1
  ledger.soonestLease = math.min(ledger.soonestLease, now + leaseMs)
  ledger.keepUntil = math.max(ledger.keepUntil, now + leaseMs, last + WINDOW)
  ledger.changed, ledger.taken = true, true
  return second
end

local function waitForCells(ledger, tokensCount, wanted, limit, now)
  if limit < 0 then return 0 end
  if wanted > limit then return NEVER end
  local excess = (tokensCount and ledger.tokens or ledger.requests) + wanted - limit
  local second, wait = ledger.head, 0
  while excess > 0 and second ~= 0 do
    local requests, tokens, last, next = readCell(ledger, second)
    if not requests then break end
    excess = excess - (tokensCount and tokens or requests)
    second, wait = next, last + WINDOW - now
  end
  return excess > 0 and NEVER or wait
end

local function waitForSlot(ledger, limit, now)
  if limit < 0 then return 0 end
  if limit < 1 then return NEVER end
  local excess = ledger.busy + 1 - limit
  if excess <= 0 then return 0 end
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
