-- Takes reservations back as if they had never been.
-- KEYS[i]: a reservation; ARGV[1]: the clock of a test or nothing.
local now = readClock(ARGV[1])
local ledgers = {}
for _, reservationKey in ipairs(KEYS) do
  endReservation(reservationKey, function(tokens, nanoDollars) return -1, -tokens, -nanoDollars end, ledgers, now)
end
for _, ledger in pairs(ledgers) do saveLedger(ledger, now) end
