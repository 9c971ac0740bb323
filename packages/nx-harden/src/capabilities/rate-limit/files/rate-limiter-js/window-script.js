/**
 * Counts calls of clients in Redis, one key each. Its value is the time of each call in the window, 13 digits each,
 * oldest first, so any stretch of the window's length has at most `limit` calls, and the time until one more is free is
 * exact. One GET and one SET for each: Upstash bills by the command. The clock is the caller's (Upstash asks scripts for
 * no clock of their own): a late one is taken on to the newest call, and what lies a whole window ahead comes from a
 * wrong one. A key that is spoilt answers with its error, and the others are counted.
 *
 * ARGV: now, and for each key its limit, window, spent, spentAt, now - window and now + window.
 */
export const WINDOW_SCRIPT = `#!lua flags=allow-key-locking
local now, width = ARGV[1], 6
local function count(key, limit, window, spent, spent_at, expired, ahead)
  local now, log = now, redis.pcall('GET', key) or ''
  if type(log) == 'table' then return log.err end
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
  if free > 0 or spent > 0 then redis.call('SET', key, log, 'PX', window) end
  local count = #log / 13
  local oldest = at(math.max(1, count - limit + 1))
  return { free, tonumber(oldest) + window - tonumber(now) }
end
local replies = {}
for index, key in ipairs(KEYS) do
  local from = 2 + width * (index - 1)
  local limit, window, spent = tonumber(ARGV[from]), tonumber(ARGV[from + 1]), tonumber(ARGV[from + 2])
  replies[index] = count(key, limit, window, spent, ARGV[from + 3], ARGV[from + 4], ARGV[from + 5])
end
return replies`;

/** SHA-1 of the script, by which Redis knows it. */
export const WINDOW_SCRIPT_SHA = '9f7e6e3ae3502dac360d3061aaf22a79de465b30';
