package voiceagent.sim.twilio;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An inbound call that is to be placed: who calls whom, and how the number is configured. Filled
/// in before it is dialled, by one thread.
public final class CallRequest {
  private final URI gateway;
  private final Map<String, String> parameters = new LinkedHashMap<>();
  private URI sockets;
  private String publicHost;
  private String path = "/incoming-call";
  private String method = "POST";
  private @Nullable String fallback;
  private @Nullable String statusCallback;
  private String from = "+15005550006";
  private String to = "+15005550001";
  private boolean plainStreams;
  private boolean recorded = true;
  private LineFaults faults = new LineFaults();

  /// To a gateway on this machine, whose public host is the same unless [#publicHost] says
  /// otherwise.
  ///
  /// @param gateway such as `http://127.0.0.1:7860`
  public CallRequest(URI gateway) {
    this.gateway = gateway;
    sockets = gateway;
    publicHost = gateway.getRawAuthority();
  }

  /// The host that the gateway believes to have: it is in all URLs that are signed, with its port
  /// if that is not 443.
  public CallRequest publicHost(String host) {
    publicHost = host;
    return this;
  }

  /// Media streams go to another replica of the gateway.
  public CallRequest socketsTo(URI other) {
    sockets = other;
    return this;
  }

  /// Path and query of the voice webhook.
  public CallRequest webhook(String webhookMethod, String pathAndQuery) {
    method = webhookMethod;
    path = pathAndQuery;
    return this;
  }

  /// Asked when the webhook fails: a path of the public host, or a whole URL.
  public CallRequest fallback(String url) {
    fallback = url;
    return this;
  }

  /// Told when the call is over: a path of the public host, or a whole URL.
  public CallRequest statusCallback(String url) {
    statusCallback = url;
    return this;
  }

  /// The caller: a number, a SIP URI or a placeholder such as `anonymous`.
  public CallRequest from(String caller) {
    from = caller;
    return this;
  }

  /// What is called: a number, or a SIP URI, which makes it a SIP Domain call.
  public CallRequest to(String callee) {
    to = callee;
    return this;
  }

  /// A further field of each webhook, such as `SipHeader_X-Tenant`.
  public CallRequest parameter(String name, String value) {
    parameters.put(name, value);
    return this;
  }

  /// Streams to `ws://` URLs are opened; Twilio refuses them.
  public CallRequest allowPlainStreams() {
    plainStreams = true;
    return this;
  }

  /// Keeps no audio and no event per frame: for many calls at once.
  public CallRequest unrecorded() {
    recorded = false;
    return this;
  }

  /// What is wrong with the line from the first frame on.
  public CallRequest faults(LineFaults lineFaults) {
    faults = lineFaults;
    return this;
  }

  Hosts hosts() {
    return new Hosts(publicHost, gateway, sockets);
  }

  URI webhook() {
    return hosts().publicBase().resolve(path);
  }

  String method() {
    return method;
  }

  Optional<URI> fallback() {
    return Optional.ofNullable(fallback).map(hosts().publicBase()::resolve);
  }

  Optional<URI> statusCallback() {
    return Optional.ofNullable(statusCallback).map(hosts().publicBase()::resolve);
  }

  CallParties parties(String callSid) {
    return new CallParties(callSid, "inbound", from, to, Map.copyOf(parameters));
  }

  boolean plainStreams() {
    return plainStreams;
  }

  boolean recorded() {
    return recorded;
  }

  LineFaults faults() {
    return faults;
  }
}
