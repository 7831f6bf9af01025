package voiceagent.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who may use whom. One test sees all modules, so that no module repeats the rules.
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("voiceagent");

  @ParameterizedTest
  @ValueSource(strings = {"kit", "gateway", "stt", "brain", "tts", "sim"})
  void packagesFormNoCycle(String module) {
    assertThat(ALL.stream().filter(c -> c.getPackageName().startsWith("voiceagent." + module)))
        .isNotEmpty();
    slices().matching("voiceagent." + module + ".(*)..").should().beFreeOfCycles().check(ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gateway", "stt", "brain", "tts", "sim"})
  void noModuleUsesAnotherService(String module) {
    for (String other : new String[] {"gateway", "stt", "brain", "tts", "sim"}) {
      if (!other.equals(module)) {
        noClasses()
            .that()
            .resideInAPackage("voiceagent." + module + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("voiceagent." + other + "..")
            .check(ALL);
      }
    }
  }

  @Test
  void theContractsTypesStopAtTheEdges() {
    noClasses()
        .that()
        .resideInAPackage("voiceagent..")
        .and()
        .resideOutsideOfPackages("..api", "..stage", "voiceagent.v1")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("voiceagent.v1")
        .check(ALL);
  }

  @Test
  void turnTakingIsPure() {
    classes()
        .that()
        .resideInAPackage("voiceagent.gateway.turn")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "voiceagent.gateway.turn", "java.lang..", "java.util..", "org.jspecify..")
        .check(ALL);
  }

  @Test
  void packagesAreNamedByTopic() {
    noClasses()
        .that()
        .resideInAPackage("voiceagent..")
        .should()
        .resideInAnyPackage("..util..", "..impl..", "..manager..", "..helper..", "..model..")
        .check(ALL);
  }
}
