package voiceagent.brain.route;

/// A fixed answer.
///
/// @param route the route's name
/// @param text with its variables filled in
public record RoutedAnswer(String route, String text) {}
