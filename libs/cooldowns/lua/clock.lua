-- What every step knows; times are milliseconds.
-- A failure is remembered a minute: in counts, and as a cooldown that is over (the probation).
local MEMORY = 60000

-- Redis' own clock, unless a test brings one.
local function readClock(override)
  if override ~= '' then return tonumber(override) end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- The end of the last cooldown, nil when it is forgotten or there was none. Kept as '<end> <reason>'.
local function endOf(cooldown, now)
  local known = redis.call('GET', cooldown)
  local ends = known and tonumber(string.match(known, '^%d+'))
  return ends and ends + MEMORY > now and ends or nil
end
