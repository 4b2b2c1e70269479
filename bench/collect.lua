-- wrk script: batches with ids of their own. EVENTS a batch, COOKIES a file with one header a
-- line, TARGET the path, SITE the host.
local size = tonumber(os.getenv("EVENTS"))
local path, host = os.getenv("TARGET"), os.getenv("SITE")
local cookies = {}
for line in io.lines(os.getenv("COOKIES")) do cookies[#cookies + 1] = line end
local run, count = "", 0

function init()
  local source = io.open("/dev/urandom", "rb")
  local bytes = {source:read(8):byte(1, 8)}
  source:close()
  run = string.format("%02x%02x%02x%02x-%02x%02x-4%01x%02x", bytes[1], bytes[2], bytes[3],
    bytes[4], bytes[5], bytes[6], bytes[7] % 16, bytes[8])
end

function request()
  local now, events = os.time() * 1000, {}
  for i = 1, size do
    count = count + 1
    events[i] = string.format('{"id":"%s-8000-%012x","t":%d,"k":"web.product",'
      .. '"u":"http://%s/shop/tea-%d?utm_source=news","r":"https://search.example/",'
      .. '"s":"m3x8k2p9","p":{"product":5,"template":3,"name":"Tea"}}',
      run, count, now - (size - i) * 900, host, count % 50)
  end
  local body = string.format('{"v":1,"sent":%d,"events":[%s]}', now, table.concat(events, ","))
  return wrk.format("POST", path, {
    ["Host"] = host, ["Content-Type"] = "application/json", ["Cookie"] = cookies[math.random(#cookies)],
    ["User-Agent"] = os.getenv("AGENT"), ["Accept-Language"] = "en",
  }, body)
end
