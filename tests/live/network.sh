# Sourced by `run`: a server that wants client certificates, and proxies that want a password. What they need is in
# ROOCODE_LIVE_MUTUAL_TLS (its URL), ROOCODE_LIVE_CERTIFICATES (a folder), ROOCODE_LIVE_PROXIES (URLs).

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# issue NAME [AUTHORITY]: a certificate and its key, by the authority, else by itself.
issue() {
  local by=()
  [ $# -gt 1 ] && by=(-CA "$certificates/$2.crt" -CAkey "$certificates/$2.key" -addext basicConstraints=critical,CA:FALSE)
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$1" -addext "subjectAltName=DNS:$1" \
    -keyout "$certificates/$1.key" -out "$certificates/$1.crt" ${by[@]+"${by[@]}"} 2>/dev/null
}

# wait_for PORT NAME: until something listens there.
wait_for() {
  for _ in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return
    sleep 0.1
  done
  echo "$2 did not start:" >&2
  tail -n 20 "$logs/$2" >&2
  exit 1
}

nginx=$(PATH=$PATH:/usr/sbin command -v nginx || true)
if [ -n "$nginx" ] && command -v openssl >/dev/null; then
  certificates=$logs/certificates
  mkdir "$certificates"
  issue authority
  issue localhost authority
  issue alice authority
  port=$(free_port)
  cat >"$logs/nginx.conf" <<CONFIG
daemon off;
pid $logs/nginx.pid;
error_log stderr warn;
events {}
http {
  access_log off;
  client_body_temp_path $logs/body;
  proxy_temp_path $logs/proxy;
  fastcgi_temp_path $logs/fastcgi;
  uwsgi_temp_path $logs/uwsgi;
  scgi_temp_path $logs/scgi;
  server {
    listen 127.0.0.1:$port ssl http2;
    server_name localhost;
    ssl_certificate $certificates/localhost.crt;
    ssl_certificate_key $certificates/localhost.key;
    ssl_client_certificate $certificates/authority.crt;
    ssl_verify_client on;
    add_header x-shown \$ssl_client_s_dn always;
    add_header x-protocol \$server_protocol always;
    location / {
      proxy_pass $ROOCODE_LIVE_LLAMA;
      proxy_buffering off;
    }
  }
}
CONFIG
  "$nginx" -e stderr -p "$logs" -c "$logs/nginx.conf" >"$logs/nginx" 2>&1 &
  pids+=($!)
  wait_for "$port" nginx
  export ROOCODE_LIVE_MUTUAL_TLS=https://localhost:$port ROOCODE_LIVE_CERTIFICATES=$certificates
fi

proxies=()
if command -v tinyproxy >/dev/null; then
  port=$(free_port)
  printf '%s\n' "Port $port" "Listen 127.0.0.1" "BasicAuth someone secret-word" "Timeout 60" >"$logs/tinyproxy.conf"
  tinyproxy -d -c "$logs/tinyproxy.conf" >"$logs/tinyproxy" 2>&1 &
  pids+=($!)
  wait_for "$port" tinyproxy
  proxies+=("http://someone:secret-word@127.0.0.1:$port")
fi
if command -v microsocks >/dev/null; then
  port=$(free_port)
  microsocks -i 127.0.0.1 -p "$port" -u someone -P secret-word >"$logs/microsocks" 2>&1 &
  pids+=($!)
  wait_for "$port" microsocks
  proxies+=("socks5h://someone:secret-word@127.0.0.1:$port")
fi
export ROOCODE_LIVE_PROXIES="${proxies[*]-}"
