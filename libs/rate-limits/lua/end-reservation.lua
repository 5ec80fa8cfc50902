-- What settling and releasing have in common; put after ledger.lua.
--
--   sb:{reservation:<id>}   string  packed list: its id, tokens, when it may be forgotten, then key and
--                                   second of every ledger it was booked in

-- Ends a reservation in all its ledgers; `difference(reserved)` gives the requests and tokens to add. An id
-- that is not known, or no longer, changes nothing: that makes ending idempotent. `ledgers` collects the
-- open ledgers by key.
local function endReservation(reservationKey, difference, ledgers, now)
  local packed = redis.call('GET', reservationKey)
  if not packed then return end
  redis.call('DEL', reservationKey)
  local record = cmsgpack.unpack(packed)
  local addRequests, addTokens = difference(record[2])
  for at = 4, #record, 2 do
    local key, second = record[at], record[at + 1]
    local ledger = ledgers[key] or openLedger(key, redis.call('GET', key), now)
    ledgers[key] = ledger
    if redis.call('ZREM', key .. ':leases', record[1]) == 1 then
      ledger.busy, ledger.changed = ledger.busy - 1, true
    end
    local requests, tokens, last, next = readCell(ledger, second)
    if requests then
      local newRequests, newTokens = math.max(0, requests + addRequests), math.max(0, tokens + addTokens)
      redis.call('HSET', key .. ':cells', second, struct.pack(CELL_FORMAT, newRequests, newTokens, last, next))
      ledger.requests = ledger.requests + newRequests - requests
      ledger.tokens = ledger.tokens + newTokens - tokens
      ledger.changed = true
    end
  end
end
