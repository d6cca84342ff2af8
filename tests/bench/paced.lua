-- wrk: the questions of a file in turn, now and then a search or a ticket; PACED_MS: so long, on average, until a connection asks again.
local bodies = {}
for line in io.lines(os.getenv("BENCH_BODIES")) do
  bodies[#bodies + 1] = line
end
local pause = tonumber(os.getenv("PACED_MS") or "0")
local at = tonumber(os.getenv("PACED_FROM") or "0")
local json = {["Content-Type"] = "application/json"}
request = function()
  at = at + 1
  local body = bodies[at % #bodies + 1]
  if at % 50 == 7 then
    return wrk.format("GET", "/v1/search?q=ricevuta&lang=it")
  elseif at % 50 == 23 then
    return wrk.format("POST", "/v1/tickets", json, body)
  end
  return wrk.format("POST", "/v1/chat", json, body)
end
if pause > 0 then
  delay = function()
    return math.random(0, math.floor(2 * pause))
  end
end
