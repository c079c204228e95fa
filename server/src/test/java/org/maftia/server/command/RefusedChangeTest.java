package org.maftia.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.maftia.server.ceremony.GroupTranscript;
import org.maftia.server.ceremony.SmallGroup;
import org.maftia.server.cluster.ClusterDirectory;
import org.maftia.server.cluster.FreePorts;
import org.maftia.server.configuration.Configuration;
import org.maftia.server.configuration.GroupFile;
import org.maftia.server.configuration.Layout;
import org.maftia.server.configuration.Overrides;

/** What is wrong with a change is said of a file that operators have. */
class RefusedChangeTest {
    @TempDir
    private Path world;

    private final Terminal terminal = new Terminal();

    private String refusal() {
        terminal.type(1, "reconfigure", "--dir", world, "--remove", "r4");
        return terminal.errors();
    }

    @Test
    void aChangeThatCannotBeNamesFileAndLine() throws Exception {
        Configuration configuration = FreePorts.fill(Layout.of("4", Overrides.none()));
        SmallGroup.make(world, configuration);
        ClusterDirectory place = new ClusterDirectory(world);
        Files.createDirectories(place.officers());
        String text = GroupFile.text(configuration);
        Files.writeString(place.groupFile(), text);
        long line = text.substring(0, text.indexOf("[trust]")).lines().count() + 1;
        assertThat(refusal()).contains(place.groupFile() + ":" + line + ": three fault sets cover every replica");

        Files.writeString(place.groupFile(), text + "# other words of the same\n");
        Path transcript = place.ceremony(0).resolve(GroupTranscript.FILE);
        assertThat(refusal()).contains(transcript + ", \"description\":" + line + ": three fault sets");
    }
}
