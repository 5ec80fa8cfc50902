-- Counts attempts, each once: an attempt id that was seen before changes nothing.
-- KEYS: the mark of each attempt, then the hashes of the periods, one after the other in the order of the ids.
-- ARGV[1]: JSON, a list of attempts:
--   [first hash of its minute, first hash of its day, [id or false], failed 0 or 1, prompt, completion, total]
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

local counted = 0
for index, attempt in ipairs(cjson.decode(ARGV[1])) do
  if redis.call('SET', KEYS[index], '', 'NX', 'EX', MARK_LIFE) then
    counted = counted + 1
    count(attempt[1], MINUTE_LIFE, attempt)
    count(attempt[2], DAY_LIFE, attempt)
  end
end
for hash, fields in pairs(sums) do
  for field, amount in pairs(fields) do redis.call('HINCRBY', hash, field, amount) end
  redis.call('EXPIRE', hash, lives[hash])
end
return counted
