/**
 * Counts one client's calls in Redis. The value is the time of each call in the window, 13 digits each, oldest first,
 * so any stretch of the window's length has at most `limit` calls, and the time until one more is free is exact. One
 * GET and one SET: Upstash bills by the command. The clock is the caller's (Upstash asks scripts for no clock of their
 * own): a late one is taken on to the newest call, and what lies a whole window ahead comes from a wrong one.
 */
export const WINDOW_SCRIPT = `#!lua flags=allow-key-locking
local now, limit, window, spent, spent_at = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local expired, ahead = ARGV[6], ARGV[7]
local log = redis.call('GET', KEYS[1]) or ''
local function at(index) return string.sub(log, 13 * index - 12, 13 * index) end
if string.sub(log, -13) > ahead then log = '' end
if spent > 0 then
  local place = #log / 13
  while place > 0 and at(place) > spent_at do place = place - 1 end
  log = string.sub(log, 1, 13 * place) .. string.rep(spent_at, spent) .. string.sub(log, 13 * place + 1)
end
local first, last = 1, #log / 13 + 1
while first < last do
  local middle = math.floor((first + last) / 2)
  if at(middle) <= expired then first = middle + 1 else last = middle end
end
log = string.sub(log, 13 * first - 12)
if string.sub(log, -13) > now then now = string.sub(log, -13) end
local free = limit - #log / 13
if free > 0 then log = log .. now end
if free > 0 or spent > 0 then redis.call('SET', KEYS[1], log, 'PX', window) end
local count = #log / 13
local oldest = at(math.max(1, count - limit + 1))
return { free, tonumber(oldest) + window - tonumber(now) }`;

/** SHA-1 of the script, by which Redis knows it. */
export const WINDOW_SCRIPT_SHA = '6f7ef37ff4a7930fc47b9fe732e0875f9730bad0';
