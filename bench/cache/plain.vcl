vcl 4.1;

# The cache of examples/varnish/flags.vcl, without flags.

backend application {
  .host = "127.0.0.1";
  .port = "9002";
}

sub vcl_recv {
  unset req.http.Cookie;
}
