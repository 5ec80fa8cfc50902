-- Lets less be spent than was, in the present windows of budgets; who is warned of soft budgets is warned anew.
-- KEYS[i]: a spending; ARGV[1]: the clock of a test or nothing; ARGV[2]: the most that stays spent, nano-dollars;
-- then of each its months, length and offset. Returns what was spent of each before.
local now = readClock(ARGV[1])
local most = tonumber(ARGV[2])
local before = {}
for index, key in ipairs(KEYS) do
  local at = 3 * index
  local months, length, offset = tonumber(ARGV[at]), tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local spending = openSpending(key, redis.call('GET', key), now, months, length, offset)
  before[index] = spending.spent
  if spending.spent > most then
    spending.spent, spending.mark, spending.changed = most, '', true
    saveSpending(spending, now)
  end
end
return before
