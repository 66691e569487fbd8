-- For wrk: so many visitors (`-- 1000`), one request after the other.
local cookies = {}
local at = 0

function init(args)
  math.randomseed(1)
  local function hex(digits)
    local text = ""
    for _ = 1, digits do text = text .. string.format("%x", math.random(0, 15)) end
    return text
  end
  for visitor = 1, tonumber(args[1]) do
    cookies[visitor] = "guid=" .. table.concat({ hex(8), hex(4), hex(4), hex(4), hex(12) }, "-")
  end
end

function request()
  at = at % #cookies + 1
  return wrk.format("GET", "/", { Cookie = cookies[at] })
end
