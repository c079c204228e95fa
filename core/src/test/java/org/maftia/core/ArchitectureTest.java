package org.maftia.core;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.maftia.core.crypto.Certificate;
import org.maftia.core.testing.Purity;
import org.maftia.core.trust.FaultStructure;
import org.maftia.core.trust.ReplicaSet;

/** The floors of core, its purity, and that only the fault structure counts replicas. */
class ArchitectureTest {
    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.maftia.core");

    /** From the ground up; those on one floor do not see each other. */
    private static final List<List<String>> FLOORS = List.of(
            List.of("trust", "wire"),
            List.of("protocol"),
            List.of("crypto"),
            List.of("broadcast"),
            List.of("agreement"),
            List.of("ordering", "keys"),
            List.of("replica"));

    @Test
    void theClassesUnderTestAreThere() {
        for (List<String> floor : FLOORS) {
            for (String name : floor) {
                assertThat(CORE.stream().map(JavaClass::getPackageName)).contains("org.maftia.core." + name);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> aFloorImportsOnlyFloorsBelow() {
        List<DynamicTest> tests = new ArrayList<>();
        List<String> allowed = new ArrayList<>(List.of("java..", "org.jspecify.."));
        for (List<String> floor : FLOORS) {
            List<String> below = List.copyOf(allowed);
            for (String name : floor) {
                List<String> visible = new ArrayList<>(below);
                visible.add("org.maftia.core." + name + "..");
                if (name.equals("crypto")) {
                    visible.add("org.bouncycastle..");
                    visible.add("supranational.blst..");
                    visible.add("javax.crypto..");
                }
                tests.add(DynamicTest.dynamicTest(
                        name,
                        () -> classes()
                                .that()
                                .resideInAPackage("org.maftia.core." + name + "..")
                                .should()
                                .onlyDependOnClassesThat()
                                .resideInAnyPackage(visible.toArray(String[]::new))
                                .because("a floor imports only floors below it, and libraries only where named")
                                .check(CORE)));
            }
            floor.forEach(name -> allowed.add("org.maftia.core." + name + ".."));
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> coreIsPure() {
        return Purity.rules().stream()
                .map(rule -> DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(CORE)));
    }

    @Test
    void packagesDoNotDependOnEachOtherInCircles() {
        slices().matching("org.maftia.core.(*)..").should().beFreeOfCycles().check(CORE);
    }

    /**
     * "No n, no f", as far as class files show it: above the trust floor nobody asks how many members a set of replicas
     * has, nor for the figures of a structure that are meant for people. The number of all replicas is needed for arrays
     * and rounds; that it is compared with nothing but an index, the lint of the
     * sources holds. A certificate pairs its signers with its signatures, so it counts both.
     */
    @Test
    void onlyTheFaultStructureCountsReplicas() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.maftia.core.trust..")
                .and(DescribedPredicate.not(JavaClass.Predicates.belongToAnyOf(Certificate.class)))
                .should()
                .callMethodWhere(target(nameMatching("size"))
                        .and(target(owner(JavaClass.Predicates.belongToAnyOf(ReplicaSet.class)))))
                .orShould()
                .callMethodWhere(target(nameMatching("largestFaultSet|survivesAny|maximalFaultSets|threshold"))
                        .and(target(owner(JavaClass.Predicates.belongToAnyOf(FaultStructure.class)))))
                .because("protocols ask isQuorum and isKernel")
                .check(CORE);
    }

    @Test
    void publicTypesAreRecordsFinalClassesOrInterfaces() {
        classes()
                .that()
                .arePublic()
                .and()
                .areNotInterfaces()
                .and()
                .areNotEnums()
                .should()
                .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
                .because("a public type is a record, a final class or an interface")
                .check(CORE);
    }
}
