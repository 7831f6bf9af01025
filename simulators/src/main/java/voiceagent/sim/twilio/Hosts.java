package voiceagent.sim.twilio;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/// Where the host of public URLs really is, since no simulated call leaves the machine: its
/// `https://` and `wss://` URLs lead to plain local addresses. Loopback hosts are taken as plain
/// too; other URLs lead where they say.
///
/// @param publicHost with its port, if URLs carry one
/// @param web takes the requests
/// @param sockets takes the media streams
record Hosts(String publicHost, URI web, URI sockets) {
  private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

  /// No host is mapped but loopback.
  static Hosts none() {
    URI nowhere = URI.create("http://127.0.0.1:9");
    return new Hosts("twilio.invalid", nowhere, nowhere);
  }

  /// `https://HOST`.
  URI publicBase() {
    return URI.create("https://" + publicHost);
  }

  /// The address to connect to for a public URL.
  URI local(URI url) {
    boolean socket = url.getScheme().startsWith("ws");
    if (publicHost.equalsIgnoreCase(url.getRawAuthority())) {
      URI base = socket ? sockets : web;
      String scheme = base.getScheme().replace("http", socket ? "ws" : "http");
      return at(scheme, base.getRawAuthority(), url);
    }
    if (LOOPBACK.contains(String.valueOf(url.getHost()).toLowerCase(Locale.ROOT))) {
      return at(socket ? "ws" : "http", url.getRawAuthority(), url);
    }
    return url;
  }

  private static URI at(String scheme, String authority, URI url) {
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    return URI.create(scheme + "://" + authority + url.getRawPath() + query);
  }
}
