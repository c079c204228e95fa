package org.maftia.wormhole.tpm;

import java.io.IOException;

/** The TPM has refused a command; it says why. */
public final class TpmException extends IOException {
    private static final long serialVersionUID = 1;

    private final int code;

    TpmException(String command, int code) {
        super("the TPM refuses %s: %s (0x%x)".formatted(command, TpmErrors.sentence(code), code));
        this.code = code;
    }

    /** TPM_RC, as the TPM gave it. */
    public int code() {
        return code;
    }

    /** Whether the code is of that kind, whichever handle, parameter or session it is about. */
    boolean is(int kind) {
        return TpmErrors.kind(code) == kind;
    }
}
