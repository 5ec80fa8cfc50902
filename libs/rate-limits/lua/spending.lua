-- What somebody spent in the present window of a budget; put after ledger.lua.
--
--   <ledger>:spend:<duration>   string  packed: begin of the window, and what was paid and is reserved in it,
--                                       nano-dollars; then WARNED, once somebody was warned of the soft budget.
--                                       It lives as long as its window.
--
-- The windows of a duration are the same for everybody, and as `budgetWindow` of libs/contracts gives them.
local SPENDING, SPENDING_LENGTH, WARNED = '<dd', 16, '!'
local DAY = 86400000
-- A settlement may be so late and still correct what was reserved.
local LATEST_SETTLEMENT = DAY

-- The day, since 1970, on which a month begins; months are counted from January 1970.
local function firstDayOf(month)
  -- Years that begin in March have their leap day at the end.
  local year = 1970 + math.floor((month - 2) / 12)
  return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
    + math.floor((153 * ((month - 2) % 12) + 2) / 5) - 719468
end

-- Begin and end of the window of so many months, or of a length, counted from an offset; none of both: it never ends.
local function windowAt(now, months, length, offset)
  if months > 0 then
    local day = math.floor(now / DAY)
    local month = math.floor(day / 30.5)
    while firstDayOf(month + 1) <= day do month = month + 1 end
    while firstDayOf(month) > day do month = month - 1 end
    local first = month - month % months
    return firstDayOf(first) * DAY, firstDayOf(first + months) * DAY
  end
  if length == 0 then return 0, NEVER end
  local start = now - (now - offset) % length
  return start, start + length
end

local function openSpending(key, packed, now, months, length, offset)
  local start, finish = windowAt(now, months, length, offset)
  local spending = { key = key, start = start, finish = finish, spent = 0, mark = '', changed = false }
  if packed then
    local began, spent = struct.unpack(SPENDING, packed)
    -- A clock that stepped back does not begin an old window again.
    if began >= start then
      spending.start, spending.spent, spending.mark = began, spent, packed:sub(SPENDING_LENGTH + 1)
    end
  end
  return spending
end

local function saveSpending(spending, now)
  if not spending.changed then return end
  local packed = struct.pack(SPENDING, spending.start, spending.spent) .. spending.mark
  if spending.finish == NEVER then
    redis.call('SET', spending.key, packed)
  else
    redis.call('SET', spending.key, packed, 'PX', math.max(spending.finish - now, 0) + TTL_MARGIN)
  end
end

-- Adds to what was spent in the window that began at `start`, if that is the present one still.
local function correctSpending(key, start, difference)
  local packed = difference ~= 0 and redis.call('GET', key)
  if not packed then return end
  local began, spent = struct.unpack(SPENDING, packed)
  if began ~= start then return end
  local corrected = struct.pack(SPENDING, began, math.max(0, spent + difference))
  redis.call('SET', key, corrected .. packed:sub(SPENDING_LENGTH + 1), 'KEEPTTL')
end
