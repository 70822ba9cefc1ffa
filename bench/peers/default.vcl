vcl 4.1;
# ORIGIN_PORT is filled in by bench/harness/varnish.ts.
backend default { .host = "127.0.0.1"; .port = "ORIGIN_PORT"; }
