-- What settling and releasing have in common; put after ledger.lua.
--
--   sb:{reservation:<id>}   string  packed list: its id, tokens, when it may be forgotten, then key,
--                                   second and requests of every ledger it was booked in

-- Ends a reservation in all its ledgers; `difference(reserved)` gives the share of its requests and
-- the tokens to add. An id
-- that is not known, or no longer, changes nothing: that makes ending idempotent. `ledgers` collects the
-- open ledgers by key.
local function endReservation(reservationKey, difference, ledgers, now)
  local packed = redis.call('GETDEL', reservationKey)
  if not packed then return end
  local record = cmsgpack.unpack(packed)
  local addRequests, addTokens = difference(record[2])
  for at = 4, #record, 3 do
    local key, second = record[at], record[at + 1]
    local ledger = ledgers[key] or openLedger(key, redis.call('GET', key), now)
    ledgers[key] = ledger
    ledger.ended[#ledger.ended + 1] = record[1]
    ledger.changed = true
    local cell = cellOf(ledger, second)
    if cell then
      local requests = math.max(0, cell[REQUESTS] + addRequests * record[at + 2])
      local used = math.max(0, cell[TOKENS] + addTokens)
      ledger.requests = ledger.requests + requests - cell[REQUESTS]
      ledger.tokens = ledger.tokens + used - cell[TOKENS]
      cell[REQUESTS], cell[TOKENS] = requests, used
      touchCell(ledger, second)
    end
  end
end
