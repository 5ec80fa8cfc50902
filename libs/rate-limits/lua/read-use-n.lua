-- What ledgers hold now: of each key requests and tokens in the window, and attempts in flight.
-- KEYS[i]: a ledger; ARGV[1]: the clock of a test or nothing.
local now = readClock(ARGV[1])
local use = {}
for _, key in ipairs(KEYS) do
  local ledger = openLedger(key, redis.call('GET', key), now)
  use[#use + 1], use[#use + 2], use[#use + 3] = ledger.requests, ledger.tokens, ledger.busy
  saveLedger(ledger, now)
end
return use
