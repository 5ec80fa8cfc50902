-- Ends attempts with the tokens they really used.
-- KEYS[i]: a reservation; ARGV[1]: the clock of a test or nothing; ARGV[i + 1]: its tokens.
local now = readClock(ARGV[1])
local ledgers = {}
for index, reservationKey in ipairs(KEYS) do
  local actual = tonumber(ARGV[index + 1])
  endReservation(reservationKey, function(reserved) return 0, actual - reserved end, ledgers, now)
end
for _, ledger in pairs(ledgers) do saveLedger(ledger, now) end
