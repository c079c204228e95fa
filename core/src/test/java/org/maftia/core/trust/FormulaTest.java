package org.maftia.core.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.maftia.core.testing.Seeds;

class FormulaTest {
    private static final List<String> FOUR = List.of("r1", "r2", "r3", "r4");

    @Test
    void idsAndIndicesNameTheSameLeaves() {
        Formula byIndex = Formula.parse(" { \"out-of\" : [0, 1,\n2, 3], \"select\": 3 } ", FOUR);
        assertThat(byIndex).isEqualTo(Formula.select(3, ReplicaSet.firstOf(4)));
        assertThat(byIndex.toJson(FOUR)).isEqualTo("{\"select\":3,\"out-of\":[\"r1\",\"r2\",\"r3\",\"r4\"]}");
        assertThat(Formula.parse(byIndex.toJson(FOUR), FOUR)).isEqualTo(byIndex);
    }

    @Test
    void theDigestIsThatOfTheCanonicalText() throws Exception {
        Formula formula = Formula.parse(
                "{\"select\": 2, \"out-of\": [{\"of\": \"r\\u0031\", \"weight\": 2}, {\"weight\": 1, \"of\": 1}]}",
                FOUR);
        String text = "{\"select\":2,\"out-of\":[{\"weight\":2,\"of\":\"r1\"},\"r2\"]}";
        assertThat(formula.toJson(FOUR)).isEqualTo(text);
        assertThat(formula.sha256(FOUR))
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Seeds(200)
    void theJsonFormLosesNothing(long seed) {
        Formula formula = Groups.randomFormula(new Random(seed), 12, 5);
        List<String> ids =
                IntStream.range(0, 12).mapToObj(i -> "a\"\\\n\u00e9" + i).toList();
        assertThat(Formula.parse(formula.toJson(ids), ids)).isEqualTo(formula);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                                | the text ends too early",
                "`nonsense`                                        | neither an id nor a gate",
                "`\"r9\"`                                          | no replica is called",
                "`4`                                               | index 4 names no replica",
                "`-1`                                              | neither an id nor a gate",
                "`01`                                              | no whole number",
                "`1.5`                                             | text after the formula",
                "`99999999999999999999`                            | a number above 65535",
                "`{\"select\":0,\"out-of\":[0]}`                    | select 0 out of weight 1",
                "`{\"select\":2,\"out-of\":[0]}`                    | select 2 out of weight 1",
                "`{\"select\":1,\"out-of\":[]}`                     | a gate without children",
                "`{\"select\":1,\"select\":1,\"out-of\":[0]}`        | key select twice",
                "`{\"out-of\":[0],\"out-of\":[1],\"select\":1}`      | key out-of twice",
                "`{\"select\":1}`                                  | neither a gate nor a weighted child",
                "`{}`                                              | expected \"",
                "`{\"any\":1}`                                     | unknown key",
                "`{\"weight\":2,\"of\":0}`                          | a weight outside a gate",
                "`{\"select\":1,\"out-of\":[{\"weight\":0,\"of\":0}]}` | weight 0",
                "`{\"select\":1,\"out-of\":[{\"weight\":1,\"of\":{\"weight\":1,\"of\":0}}]}` | a weight outside a gate",
                "`{\"select\":1,\"out-of\":[{\"weight\":65535,\"of\":0},1]}` | a gate of weight 65536",
                "`{\"select\":1,\"out-of\":[0,]}`                   | neither an id nor a gate",
                "`{\"select\":1,\"out-of\":[0]} 1`                  | text after the formula",
                "`{\"select\":1,\"out-of\":[0]`                     | the text ends too early",
                "`\"r1`                                            | the text ends too early",
                "`\"\\x\"`                                         | an unknown escape",
                "`\"\\u00g0\"`                                     | an unknown escape",
            })
    void whatIsNoFormulaIsRefusedWithAReason(String json, String reason) {
        assertThatThrownBy(() -> Formula.parse(json, FOUR)).isInstanceOfSatisfying(TrustException.class, refusal -> {
            assertThat(refusal).hasMessageStartingWith("formula, character ").hasMessageContaining(reason);
            assertThat(refusal.hint()).isNotEmpty();
        });
    }

    @Test
    void depthAndSizeAreBoundedBeforeAnythingIsBuilt() {
        assertThat(Formula.parse(nested(16), FOUR).depth()).isEqualTo(16);
        assertThatThrownBy(() -> Formula.parse(nested(17), FOUR)).hasMessageContaining("more than 16 nested gates");
        assertThatThrownBy(() -> Formula.parse(nested(1_000_000), FOUR))
                .isInstanceOf(TrustException.class)
                .hasMessageContaining("more than 16 nested gates");
        assertThat(Formula.parse(wide(4095), FOUR).nodes()).isEqualTo(4096);
        assertThatThrownBy(() -> Formula.parse(wide(4096), FOUR)).hasMessageContaining("more than 4096 nodes");
        assertThatThrownBy(() -> Formula.parse("\"" + "x".repeat(1_000_000) + "\"", FOUR))
                .hasMessageContaining("a string of more than 255 characters");
    }

    private static String nested(int depth) {
        return "{\"select\":1,\"out-of\":[".repeat(depth) + "0" + "]}".repeat(depth);
    }

    private static String wide(int leaves) {
        return "{\"select\":1,\"out-of\":[0" + ",1".repeat(leaves - 1) + "]}";
    }

    @Seeds(200)
    void theDualHoldsWhereTheFormulaFailsForTheRest(long seed) {
        Formula formula = Groups.randomFormula(new Random(seed), 8, 4);
        Formula dual = formula.dual();
        assertThat(dual.dual()).isEqualTo(formula);
        ReplicaSet all = ReplicaSet.firstOf(8);
        for (long bits = 0; bits < 256; bits++) {
            ReplicaSet set = new ReplicaSet(bits);
            assertThat(dual.holds(set)).isEqualTo(!formula.holds(all.minus(set)));
        }
    }
}
