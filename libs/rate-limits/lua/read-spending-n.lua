-- What is spent in the present windows of budgets.
-- KEYS[i]: a spending; ARGV[1]: the clock of a test or nothing; then of each its months, length and offset.
local now = readClock(ARGV[1])
local spent = {}
for index, key in ipairs(KEYS) do
  local at = 3 * index - 1
  local months, length, offset = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  spent[index] = openSpending(key, redis.call('GET', key), now, months, length, offset).spent
end
return spent
