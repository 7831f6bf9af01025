package voiceagent.brain.api;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import voiceagent.brain.conversation.Persona;
import voiceagent.brain.conversation.Prompt;
import voiceagent.brain.route.Routes;
import voiceagent.brain.tool.Toolbox;
import voiceagent.kit.agent.BrainSettings;
import voiceagent.v1.AgentPart;

/// Makes the agents of calls; what calls of the same agent share is made once. Any thread.
public final class CallAgents {
  private static final Logger LOG = System.getLogger(CallAgents.class.getName());

  /// Full: the agent that came first is forgotten, and made again if needed.
  private static final int MAX_AGENTS = 200;

  private record Shared(BrainSettings settings, Toolbox tools) {}

  private final Routes routes;
  private final Map<String, Shared> shared =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Shared> eldest) {
          return size() > MAX_AGENTS;
        }
      };

  public CallAgents(Routes routes) {
    this.routes = routes;
  }

  /// @param variables values for `{{name}}` in the agent's texts
  CallAgent of(AgentPart agent, Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(variables);
    all.putIfAbsent("agent_name", agent.getName());
    all.putIfAbsent("company_name", agent.getCompany());
    Persona persona =
        new Persona(agent.getName(), agent.getCompany(), agent.getLanguage(), agent.getPersona());
    Shared its = shared(agent.getSettingsJson());
    return new CallAgent(
        agent,
        new Prompt(persona, all),
        its.tools(),
        routes.of(its.settings().routes(), all),
        its.settings().extraction());
  }

  private synchronized Shared shared(String json) {
    return shared.computeIfAbsent(
        json,
        j -> {
          BrainSettings settings = settings(j);
          return new Shared(settings, new Toolbox(settings.tools()));
        });
  }

  private static BrainSettings settings(String json) {
    try {
      return BrainSettings.parse(json);
    } catch (IllegalArgumentException e) {
      LOG.log(
          Level.ERROR,
          "the agent has no tools, routes and extraction, its settings are wrong: {0}",
          e.getMessage());
      return BrainSettings.NONE;
    }
  }
}
