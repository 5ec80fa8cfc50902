-- Counts attempts, each once: an attempt id that was seen before changes nothing.
-- KEYS: the mark of each attempt, the wish for latencies, then in any order the hashes of the periods (one after
-- the other in the order of the ids) and the lists of latencies.
-- ARGV[1]: JSON { groups, attempts }
--   group:   [first hash of its minute, first hash of its day, [id or false]]: whom its attempts are counted for
--   attempt: [number of its group, failed 0 or 1, prompt, completion, total, [list of latencies, sample, ...]]
-- Fields of a hash: <counter>:<id>.
-- Returns how many attempts were not seen before.
--
-- A batch comes again when the process died, or lost the broker, after counting and before acknowledging;
-- mostly within a minute, but as late as the broker itself comes back. A day covers an outage that people
-- sleep through; a mark for ever would fill Redis.
local MARK_LIFE = 24 * 3600
local MINUTE_LIFE, DAY_LIFE = 2 * 3600, 45 * 24 * 3600

local batch = cjson.decode(ARGV[1])
local groups, attempts = batch.groups, batch.attempts
local COUNTERS = { 'requests:', 'failed_requests:', 'prompt_tokens:', 'completion_tokens:', 'total_tokens:' }

-- Samples of a list, in the order they came in; nobody keeps them unless a router wishes it.
local wish = redis.call('GET', KEYS[#attempts + 1])
local latencies = {}
local function keepLatencies(samples)
  for at = 1, #samples, 2 do
    local list = KEYS[samples[at]]
    latencies[list] = latencies[list] or {}
    table.insert(latencies[list], samples[at + 1])
  end
end

-- Sums of each group first: most attempts of a batch are of the same deployment, team and minute.
local counted, sums = 0, {}
for index, attempt in ipairs(attempts) do
  if redis.call('SET', KEYS[index], '', 'NX', 'EX', MARK_LIFE) then
    counted = counted + 1
    local sum = sums[attempt[1]] or { 0, 0, 0, 0, 0 }
    sums[attempt[1]] = sum
    sum[1] = sum[1] + 1
    for counter = 2, #COUNTERS do sum[counter] = sum[counter] + attempt[counter] end
    if wish then keepLatencies(attempt[6]) end
  end
end

local fieldsOf, lives = {}, {}
local function add(firstHash, life, ids, sum)
  for position, id in ipairs(ids) do
    if id then
      local hash = KEYS[firstHash + position - 1]
      local fields = fieldsOf[hash] or {}
      fieldsOf[hash], lives[hash] = fields, life
      for counter, name in ipairs(COUNTERS) do
        local field = name .. id
        fields[field] = (fields[field] or 0) + sum[counter]
      end
    end
  end
end
for number, sum in pairs(sums) do
  local group = groups[number]
  add(group[1], MINUTE_LIFE, group[3], sum)
  add(group[2], DAY_LIFE, group[3], sum)
end
for hash, fields in pairs(fieldsOf) do
  for field, amount in pairs(fields) do
    if amount > 0 then redis.call('HINCRBY', hash, field, amount) end
  end
  redis.call('EXPIRE', hash, lives[hash])
end
if wish then
  local size, life = string.match(wish, '^(%d+) (%d+)$')
  for list, samples in pairs(latencies) do
    redis.call('LPUSH', list, unpack(samples))
    redis.call('LTRIM', list, 0, size - 1)
    redis.call('PEXPIRE', list, life)
  end
end
return counted
