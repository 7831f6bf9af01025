package voiceagent.sim.twilio;

import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/// A TwiML document: its verbs in order, and what in it Twilio would warn of and skip. Source:
/// Twilio docs, "TwiML for Programmable Voice".
///
/// @param warnings what was not understood; the rest runs all the same
record Twiml(List<Verb> verbs, List<TwilioError> warnings) {
  private static final int MAX_PARAMETER = 500;
  private static final Set<String> METHODS = Set.of("GET", "POST");

  /// @throws TwimlException if it is no XML, or no `<Response>`
  static Twiml parse(String document) throws TwimlException {
    Element root = root(document);
    if (!root.getTagName().equals("Response")) {
      throw new TwimlException(
          "the document's root is <" + root.getTagName() + ">, expected <Response>");
    }
    List<TwilioError> warnings = new ArrayList<>();
    List<Verb> verbs = new ArrayList<>();
    for (Element element : children(root)) {
      verb(element, warnings).ifPresent(verbs::add);
    }
    return new Twiml(List.copyOf(verbs), List.copyOf(warnings));
  }

  private static Element root(String document) throws TwimlException {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new Silent());
      return builder
          .parse(new InputSource(new StringReader(document.strip())))
          .getDocumentElement();
    } catch (SAXException e) {
      throw new TwimlException("the document is no XML: " + e.getMessage());
    } catch (ParserConfigurationException | IOException e) {
      throw new IllegalStateException("this JVM cannot parse XML", e);
    }
  }

  private static Optional<Verb> verb(Element element, List<TwilioError> warnings) {
    return switch (element.getTagName()) {
      case "Connect" -> connect(element, warnings);
      case "Redirect" ->
          Optional.of(new Verb.Redirect(method(element, "method", warnings), text(element)));
      case "Hangup" -> Optional.of(new Verb.Hangup());
      case "Reject" -> Optional.of(new Verb.Reject(element.getAttribute("reason").equals("busy")));
      case "Say" -> Optional.of(new Verb.Say(text(element)));
      case "Pause" -> Optional.of(new Verb.Pause(seconds(element, warnings)));
      case "Dial" -> dial(element, warnings);
      default -> {
        warnings.add(
            warning(
                "<%s> is not played here, expected Connect, Redirect, Hangup, Reject, Say, Pause or"
                        .formatted(element.getTagName())
                    + " Dial"));
        yield Optional.empty();
      }
    };
  }

  private static Optional<Verb> connect(Element element, List<TwilioError> warnings) {
    List<Element> streams =
        children(element).stream().filter(e -> e.getTagName().equals("Stream")).toList();
    if (streams.size() != 1) {
      warnings.add(warning("<Connect> has " + streams.size() + " <Stream>, expected 1"));
      return Optional.empty();
    }
    Element stream = streams.getFirst();
    String track = stream.getAttribute("track");
    if (!track.isEmpty() && !track.equals("inbound_track")) {
      warnings.add(
          new TwilioError(
              TwilioError.STREAM_TRACK,
              "track of <Connect><Stream> is " + track + ", expected inbound_track"));
      return Optional.empty();
    }
    return Optional.of(
        new Verb.Connect(
            stream.getAttribute("url").strip(),
            stream.getAttribute("name"),
            parameters(stream, warnings),
            attribute(stream, "statusCallback")));
  }

  private static Map<String, String> parameters(Element stream, List<TwilioError> warnings) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (Element child : children(stream)) {
      String name = child.getAttribute("name");
      String value = child.getAttribute("value");
      if (!child.getTagName().equals("Parameter") || name.isEmpty()) {
        warnings.add(
            warning(
                "<Stream> holds <" + child.getTagName() + ">, expected <Parameter name value>"));
      } else if (name.length() + value.length() >= MAX_PARAMETER) {
        warnings.add(
            warning(
                "<Parameter> %s has %d characters, expected fewer than %d with its name"
                    .formatted(name, name.length() + value.length(), MAX_PARAMETER)));
      } else {
        parameters.put(name, value);
      }
    }
    return Map.copyOf(parameters);
  }

  private static Optional<Verb> dial(Element element, List<TwilioError> warnings) {
    String destination =
        children(element).stream()
            .filter(e -> Set.of("Number", "Sip").contains(e.getTagName()))
            .map(Twiml::text)
            .findFirst()
            .orElseGet(() -> text(element));
    if (destination.isEmpty()) {
      warnings.add(warning("<Dial> names nobody, expected a number, <Number> or <Sip>"));
      return Optional.empty();
    }
    return Optional.of(
        new Verb.Dial(
            destination, attribute(element, "action"), method(element, "method", warnings)));
  }

  private static Duration seconds(Element element, List<TwilioError> warnings) {
    String length = attribute(element, "length").orElse("1");
    if (!length.matches("\\d{1,4}")) {
      warnings.add(warning("length of <Pause> is " + length + ", expected whole seconds"));
      return Duration.ofSeconds(1);
    }
    return Duration.ofSeconds(Long.parseLong(length));
  }

  private static String method(Element element, String name, List<TwilioError> warnings) {
    String method = attribute(element, name).orElse("POST");
    if (!METHODS.contains(method)) {
      warnings.add(
          warning(
              name + " of <" + element.getTagName() + "> is " + method + ", expected GET or POST"));
      return "POST";
    }
    return method;
  }

  private static Optional<String> attribute(Element element, String name) {
    return Optional.of(element.getAttribute(name)).filter(v -> !v.isEmpty());
  }

  private static String text(Element element) {
    return element.getTextContent().strip();
  }

  private static List<Element> children(Element parent) {
    List<Element> children = new ArrayList<>();
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element) {
        children.add(element);
      }
    }
    return children;
  }

  private static TwilioError warning(String detail) {
    return new TwilioError(TwilioError.NOT_TWIML, detail);
  }

  /// A document that cannot be run at all.
  static final class TwimlException extends Exception {
    TwimlException(String message) {
      super(message);
    }
  }

  /// The parser's preset prints to standard error.
  private static final class Silent implements ErrorHandler {
    @Override
    public void warning(SAXParseException e) {}

    @Override
    public void error(SAXParseException e) throws SAXException {
      throw e;
    }

    @Override
    public void fatalError(SAXParseException e) throws SAXException {
      throw e;
    }
  }
}
