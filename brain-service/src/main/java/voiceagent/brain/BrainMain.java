package voiceagent.brain;

import java.util.Optional;
import voiceagent.brain.api.BrainParts;
import voiceagent.brain.api.BrainService;
import voiceagent.brain.api.CallAgents;
import voiceagent.brain.extract.Extractor;
import voiceagent.brain.groq.GroqLanguageModel;
import voiceagent.brain.llm.Deadlines;
import voiceagent.brain.llm.LanguageModel;
import voiceagent.brain.llm.LlmMeters;
import voiceagent.brain.llm.ModelChain;
import voiceagent.brain.llm.ModelOrder;
import voiceagent.brain.llm.ModelWatch;
import voiceagent.brain.llm.TokenBudget;
import voiceagent.brain.route.Routes;
import voiceagent.brain.tool.HttpTool;
import voiceagent.kit.config.Settings;
import voiceagent.kit.grpc.EventLoops;
import voiceagent.kit.grpc.Sessions;
import voiceagent.kit.service.Service;
import voiceagent.kit.service.Stage;
import voiceagent.kit.service.StageConfig;
import voiceagent.kit.time.Timers;

/// The brain stage: utterances in, clauses out.
public final class BrainMain {
  private BrainMain() {}

  public static void main(String[] args) {
    Service.run(args, "brain-service", BrainMain.class, BrainMain::start, BrainSmoke::ask);
  }

  /// Starts a brain; its provider is asked for its models meanwhile.
  ///
  /// @throws voiceagent.kit.config.SettingsException if settings cannot be used
  /// @throws java.io.UncheckedIOException if a port is taken
  public static Stage start(Settings settings) {
    StageConfig stage = StageConfig.from(settings, "BRAIN");
    BrainConfig config = BrainConfig.from(settings);
    settings.check();
    BrainParts parts = parts(config);
    Sessions sessions = new Sessions("brain", stage.maxSessions());
    Stage running =
        Stage.start(stage, new EventLoops(0), sessions, new BrainService(parts, sessions));
    parts.watch().start();
    return running;
  }

  private static BrainParts parts(BrainConfig config) {
    Timers clock = Timers.system("brain");
    TokenBudget budget = new TokenBudget();
    LlmMeters meters = new LlmMeters(budget);
    LanguageModel model =
        new GroqLanguageModel(config.base(), config.key(), Deadlines.PRESET, budget, clock);
    ModelOrder order = new ModelOrder(config.models());
    ModelChain chain = new ModelChain(model, order, budget, Deadlines.PRESET, clock, meters);
    ModelWatch watch = new ModelWatch(model, order, clock);
    return new BrainParts(
        model,
        order,
        watch,
        chain,
        budget,
        meters,
        new CallAgents(new Routes(config.routes())),
        new HttpTool(),
        config.extraction() ? Optional.of(new Extractor(model, order)) : Optional.empty(),
        clock);
  }
}
