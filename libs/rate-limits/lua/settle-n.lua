-- Ends attempts with the tokens they really used and what they cost.
-- KEYS[i]: a reservation; ARGV[1]: the clock of a test or nothing; ARGV[2 * i]: its tokens;
-- ARGV[2 * i + 1]: its nano-dollars, or nothing where nobody knows them: what was reserved stays.
local now = readClock(ARGV[1])
local ledgers = {}
for index, reservationKey in ipairs(KEYS) do
  endReservation(reservationKey, settled(tonumber(ARGV[2 * index]), tonumber(ARGV[2 * index + 1])), ledgers, now)
end
for _, ledger in pairs(ledgers) do saveLedger(ledger, now) end
