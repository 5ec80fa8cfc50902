-- Counts attempts, each once: an attempt id that was seen before changes nothing.
-- KEYS: the mark of each attempt, the wish for latencies, then in any order the hashes of the periods (one after
-- the other in the order of the ids) and the lists of latencies.
-- ARGV[1]: JSON, a list of attempts:
--   [first hash of its minute, first hash of its day, [id or false], failed 0 or 1, prompt, completion, total,
--    [list of latencies, sample, ...]]
-- Fields of a hash: <counter>:<id>.
-- Returns how many attempts were not seen before.
--
-- A batch comes again when the process died, or lost the broker, after counting and before acknowledging;
-- mostly within a minute, but as late as the broker itself comes back. A day covers an outage that people
-- sleep through; a mark for ever would fill Redis.
local MARK_LIFE = 24 * 3600
local MINUTE_LIFE, DAY_LIFE = 2 * 3600, 45 * 24 * 3600

-- Sums first: many attempts of a batch are of the same deployment, team or minute.
local sums, lives = {}, {}
local function add(hash, field, amount)
  if amount > 0 then sums[hash][field] = (sums[hash][field] or 0) + amount end
end

local function count(firstHash, life, attempt)
  for position, id in ipairs(attempt[3]) do
    if id then
      local hash = KEYS[firstHash + position - 1]
      sums[hash], lives[hash] = sums[hash] or {}, life
      add(hash, 'requests:' .. id, 1)
      add(hash, 'failed_requests:' .. id, attempt[4])
      add(hash, 'prompt_tokens:' .. id, attempt[5])
      add(hash, 'completion_tokens:' .. id, attempt[6])
      add(hash, 'total_tokens:' .. id, attempt[7])
    end
  end
end

-- Samples of a list, in the order they came in; nobody keeps them unless a router wishes it.
local attempts = cjson.decode(ARGV[1])
local wish = redis.call('GET', KEYS[#attempts + 1])
local latencies = {}
local function keepLatencies(samples)
  for at = 1, #samples, 2 do
    local list = KEYS[samples[at]]
    latencies[list] = latencies[list] or {}
    table.insert(latencies[list], samples[at + 1])
  end
end

local counted = 0
for index, attempt in ipairs(attempts) do
  if redis.call('SET', KEYS[index], '', 'NX', 'EX', MARK_LIFE) then
    counted = counted + 1
    count(attempt[1], MINUTE_LIFE, attempt)
    count(attempt[2], DAY_LIFE, attempt)
    if wish then keepLatencies(attempt[8]) end
  end
end
for hash, fields in pairs(sums) do
  for field, amount in pairs(fields) do redis.call('HINCRBY', hash, field, amount) end
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
