package org.maftia.wormhole.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.maftia.wormhole.certificate.Stream;
import org.maftia.wormhole.os.RealTime;

/** A component alone that seals with P-256, and so needs no view. */
final class OneProcess {
    static final Stream STREAM = new Stream(1, 2, 5);

    private OneProcess() {}

    static ComponentLauncher start(Path directory, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "socket=" + directory.resolve("socket"),
                "state=" + directory,
                "group=00000000000000010000000000000002",
                "ttcb=0",
                "epoch=1",
                "profile=p256",
                "lifeline=true"));
        arguments.addAll(List.of(options));
        if (arguments.stream().noneMatch(argument -> argument.startsWith("allowed-user="))) {
            arguments.add("allowed-user=" + RealTime.user());
        }
        return ComponentLauncher.start(
                ProcessFixture.java(), ProcessFixture.classes(), ProcessOptions.of(arguments.toArray(String[]::new)));
    }
}
