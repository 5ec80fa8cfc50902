-- Begins and ends cooldowns.
-- KEYS: of each order the counts and the cooldown of its deployment.
-- ARGV[1]: clock; ARGV[2]: JSON, orders: ['cool', for how long, reason] or ['restore', end of the cooldown it is about]
-- Returns of each order what came of it: began, prolonged, restored or none.
local now = readClock(ARGV[1])

local function cool(counts, cooldown, forMs, reason)
  local before, ends = endOf(cooldown, now), now + forMs
  -- What led here has had its effect: after the cooldown counting begins anew.
  redis.call('DEL', counts)
  if before and before >= ends then return 'none' end
  redis.call('SET', cooldown, string.format('%.0f %s', ends, reason), 'PX', forMs + MEMORY)
  return before and before > now and 'prolonged' or 'began'
end

-- Another router may have begun a new cooldown since this one was seen.
local function restore(cooldown, seen)
  if endOf(cooldown, now) ~= seen then return 'none' end
  redis.call('DEL', cooldown)
  return 'restored'
end

local answer = {}
for index, order in ipairs(cjson.decode(ARGV[2])) do
  local counts, cooldown = KEYS[index * 2 - 1], KEYS[index * 2]
  if order[1] == 'cool' then
    answer[index] = cool(counts, cooldown, order[2], order[3])
  else
    answer[index] = restore(cooldown, order[2])
  end
end
return answer
