vcl 4.1;

# Pages by combination of flags, with Varnish alone.
#
#   127.0.0.1:9001  the flag service (flagsKeyHandler)          127.0.0.1:9002  the application
#
# A page is asked for twice: first as a lookup, which gives the key of this visitor's combination and is kept itself,
# then, after a restart, as the page of that key.

import cookie;

backend application {
  .host = "127.0.0.1";
  .port = "9002";
}

probe flags_up {
  .url = "/healthz";
  .interval = 1s;
  .timeout = 0.3s;
  .window = 3;
  .threshold = 2;
  .initial = 2;
}
backend flag_service {
  .host = "127.0.0.1";
  .port = "9001";
  .connect_timeout = 0.1s;
  .first_byte_timeout = 0.25s;
  .between_bytes_timeout = 0.25s;
  .probe = flags_up;
}

sub vcl_recv {
  if (req.restarts == 0) {
    # Whatever of this a visitor sends is not true.
    unset req.http.Flags-Key;
    unset req.http.Flags;
    unset req.http.Flags-Identity;
    unset req.http.Flags-Trait-Plan;
    unset req.http.Flags-Lookup;
    unset req.http.Flags-Page;

    # Forms and the like, and what depends on no flags, go their usual way.
    if ((req.method == "GET" || req.method == "HEAD") && req.url !~ "^/assets/") {
      cookie.parse(req.http.Cookie);
      # A GUID, or nobody: whatever else is in the cookie goes nowhere.
      if (cookie.get("guid") ~ "^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$") {
        set req.http.Flags-Identity = cookie.get("guid");
      }
      # A trait. From a header that a server before this one sets: the same with `req.http.X-Country`.
      if (cookie.get("plan") ~ "^(?:free|pro|enterprise)$") {
        set req.http.Flags-Trait-Plan = cookie.get("plan");
      }
      # What is one visitor's must not get into a page that others see.
      unset req.http.Cookie;
      unset req.http.Authorization;

      if (req.http.Flags-Identity) {
        set req.http.Flags-Page = req.url;
        # The flags that a page depends on. Each multiplies the pages that are kept by the values it has.
        if (req.url ~ "^/pricing($|\?)") {
          set req.url = "/flags-key?only=max_boards";
        } else {
          set req.url = "/flags-key?only=home-hero-text,new-checkout,max_boards";
        }
        set req.http.Flags-Lookup = "fresh";
      } else {
        set req.http.Flags-Key = "default";
      }
    }
  }

  if (req.http.Flags-Lookup) {
    set req.backend_hint = flag_service;
    # An answer that is two seconds too old is taken while a new one is fetched, or in need (see vcl_deliver) an older one.
    set req.grace = 2s;
    if (req.http.Flags-Lookup == "stale") {
      set req.grace = 10m;
    }
    return (hash);
  }
  if (req.http.Flags-Key) {
    set req.backend_hint = application;
    set req.grace = 10s;
    return (hash);
  }
}

sub vcl_hash {
  if (req.http.Flags-Lookup) {
    # All that the answer depends on.
    hash_data("lookup");
    hash_data(req.url);
    hash_data(req.http.Flags-Identity);
    hash_data(req.http.Flags-Trait-Plan);
    return (lookup);
  }
  # The built-in rules add address and host.
  if (req.http.Flags-Key) {
    hash_data(req.http.Flags-Key);
  }
}

sub vcl_backend_fetch {
  if (bereq.http.Flags-Lookup) {
    # The flag service need not know more of the visitor than this.
    unset bereq.http.User-Agent;
    unset bereq.http.Referer;
    unset bereq.http.X-Forwarded-For;
  } else {
    unset bereq.http.Flags-Identity;
    unset bereq.http.Flags-Trait-Plan;
  }
  unset bereq.http.Flags-Page;
}

sub vcl_backend_response {
  if (bereq.http.Flags-Lookup) {
    if (beresp.status == 200 && beresp.ttl > 0s) {
      # How long visitors keep their flags while the flag service is down.
      set beresp.grace = 10m;
      return (deliver);
    }
    # A failure must not take the place of an answer that is there.
    if (bereq.is_bgfetch) {
      return (abandon);
    }
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    set beresp.uncacheable = true;
    return (deliver);
  }
}

sub vcl_backend_error {
  if (bereq.http.Flags-Lookup) {
    set beresp.ttl = 0s;
    set beresp.grace = 0s;
    return (deliver);
  }
}

sub vcl_deliver {
  if (req.http.Flags-Lookup) {
    if (resp.status == 200 && resp.http.Flags-Key ~ "^1\.[0-9a-f]{32}$") {
      set req.http.Flags-Key = resp.http.Flags-Key;
      set req.http.Flags = resp.http.Flags;
    } elseif (req.http.Flags-Lookup == "fresh") {
      set req.http.Flags-Lookup = "stale";
      return (restart);
    } else {
      # The page with bundled flags.
      set req.http.Flags-Key = "default";
    }
    unset req.http.Flags-Lookup;
    set req.url = req.http.Flags-Page;
    return (restart);
  }
  if (req.http.Flags-Key) {
    # No other cache may keep the page, for it knows nothing of flags. The browser may, and asks each time.
    if (resp.http.Cache-Control !~ "(?i)no-store") {
      set resp.http.Cache-Control = "private, no-cache";
    }
    if (obj.hits > 0) {
      set resp.http.X-Cache = "HIT";
    } else {
      set resp.http.X-Cache = "MISS";
    }
  }
}
