-- Counts attempts by deployment, each failure once: an attempt id that was seen before changes nothing.
-- KEYS: of each deployment its counts and its cooldown; then the mark of each failure, deployment by deployment.
-- ARGV[1]: clock; ARGV[2]: how many kinds of failure there are; ARGV[3]: JSON, of each deployment
--   [attempts that were answered, kind of a failure from 1, ...]
-- Returns the time, then of each deployment
--   { end of its last cooldown or 0, attempts, failures of each kind, of each failure asked 1 if it was new, else 0 }
-- where the counts are those of the last minute.
--
-- Counts are a hash of '<cell>:<kind>', kind 0 being all attempts: a minute is as exact as a cell is short, and
-- what has to be read stays small.
local CELL = 5000
local CELLS = MEMORY / CELL
-- Marks outlive the age at which an attempt is too old to be counted, also where clocks differ.
local MARK_LIFE = 2 * MEMORY

local now = readClock(ARGV[1])
local kinds = tonumber(ARGV[2])
local cell = math.floor(now / CELL)
local mark = 0

-- The counts of the last minute; older ones are dropped.
local function sumsOf(counts)
  local sums, old = {}, {}
  for kind = 0, kinds do sums[kind] = 0 end
  local fields = redis.call('HGETALL', counts)
  for at = 1, #fields, 2 do
    local ofCell, kind = string.match(fields[at], '^(%d+):(%d+)$')
    if tonumber(ofCell) < cell - CELLS then
      old[#old + 1] = fields[at]
    else
      kind = tonumber(kind)
      sums[kind] = sums[kind] + fields[at + 1]
    end
  end
  if #old > 0 then redis.call('HDEL', counts, unpack(old)) end
  return sums
end

local answer = { now }
local asked = cjson.decode(ARGV[3])
for index, attempts in ipairs(asked) do
  local counts, cooldown = KEYS[index * 2 - 1], KEYS[index * 2]
  local added, isNew = { [0] = attempts[1] }, {}
  for at = 2, #attempts do
    local kind = attempts[at]
    mark = mark + 1
    if redis.call('SET', KEYS[#asked * 2 + mark], '', 'NX', 'PX', MARK_LIFE) then
      isNew[#isNew + 1] = 1
      added[0] = added[0] + 1
      added[kind] = (added[kind] or 0) + 1
    else
      isNew[#isNew + 1] = 0
    end
  end
  for kind, amount in pairs(added) do
    if amount > 0 then redis.call('HINCRBY', counts, cell .. ':' .. kind, amount) end
  end
  redis.call('PEXPIRE', counts, MEMORY + CELL)
  local state, sums = { endOf(cooldown, now) or 0 }, sumsOf(counts)
  for kind = 0, kinds do state[#state + 1] = sums[kind] end
  for _, flag in ipairs(isNew) do state[#state + 1] = flag end
  answer[#answer + 1] = state
end
return answer
