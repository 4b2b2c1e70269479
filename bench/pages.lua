-- wrk script: pages seen by many visitors. COOKIES a file with one header a line, TARGET the
-- path, SITE the host.
local path, host = os.getenv("TARGET"), os.getenv("SITE")
local cookies = {}
for line in io.lines(os.getenv("COOKIES")) do cookies[#cookies + 1] = line end

function request()
  local headers = {
    ["Host"] = host, ["Cookie"] = cookies[math.random(#cookies)],
    ["User-Agent"] = os.getenv("AGENT"), ["Accept-Language"] = "en",
  }
  if os.getenv("UNTRACKED") then headers["X-Disable-Tracking"] = "1" end
  return wrk.format("GET", path, headers)
end
