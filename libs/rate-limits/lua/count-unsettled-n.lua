-- Attempts of today whose lease ended before anybody settled them: how many, their tokens and nano-dollars as estimated.
-- KEYS: the ledgers to look at first. ARGV[1]: the clock of a test or nothing.
local now = readClock(ARGV[1])
for _, key in ipairs(KEYS) do saveLedger(openLedger(key, redis.call('GET', key), now), now) end
return redis.call('HMGET', 'sb:unsettled:' .. math.floor(now / DAY), 'attempts', 'tokens', 'nano_dollars')
