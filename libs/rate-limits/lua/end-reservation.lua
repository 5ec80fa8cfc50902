-- What settling and releasing have in common; put after ledger.lua.
--
--   sb:{reservation:<id>}   string  packed list: its id, tokens, when it may be forgotten, then key and
--                                   second of every ledger it was booked in; a second below zero says
--                                   that it took tokens there and no request. A second list, if there are
--                                   budgets: nano-dollars, then key and begin of every window they were taken of

-- Ends a reservation in all its ledgers; `difference(tokens, nanoDollars)` gives the requests, tokens and
-- nano-dollars to add to what was reserved. An id that is not known, or no longer, changes nothing: that makes
-- ending idempotent. `ledgers` collects the open ledgers by key.
local function endReservation(reservationKey, difference, ledgers, now)
  local packed = redis.call('GETDEL', reservationKey)
  if not packed then return end
  local record, spent = cmsgpack.unpack(packed)
  local addRequests, addTokens, addNanoDollars = difference(record[2], spent and spent[1] or 0)
  for at = 2, spent and #spent or 0, 2 do correctSpending(spent[at], spent[at + 1], addNanoDollars) end
  for at = 4, #record, 2 do
    local key, second = record[at], math.abs(record[at + 1])
    local ledger = ledgers[key] or openLedger(key, redis.call('GET', key), now)
    ledgers[key] = ledger
    ledger.ended[#ledger.ended + 1] = record[1]
    ledger.changed = true
    local cell = cellOf(ledger, second)
    if cell then
      local tookRequest = record[at + 1] > 0
      local requests = math.max(0, cell[REQUESTS] + (tookRequest and addRequests or 0))
      local used = math.max(0, cell[TOKENS] + addTokens)
      ledger.requests = ledger.requests + requests - cell[REQUESTS]
      ledger.tokens = ledger.tokens + used - cell[TOKENS]
      cell[REQUESTS], cell[TOKENS] = requests, used
      touchCell(ledger, second)
    end
  end
end

-- The difference to what was really used; nano-dollars may be nil: nobody knows them.
local function settled(tokens, nanoDollars)
  return function(reservedTokens, reservedNanoDollars)
    return 0, tokens - reservedTokens, nanoDollars and nanoDollars - reservedNanoDollars or 0
  end
end
