package org.maftia.core.replica;

import org.jspecify.annotations.Nullable;
import org.maftia.core.ordering.Request;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.protocol.Limits;
import org.maftia.core.wire.Digest;
import org.maftia.core.wire.MalformedException;

/**
 * A request that hides its operation, taken apart.
 *
 * @param digest of the whole request: names it, with its content, among replicas
 * @param service for which the hidden operation is
 * @param label that the ciphertext must be valid under
 */
record SealedRequest(RequestId id, Digest digest, String service, byte[] ciphertext, byte[] label) {
    /** The request as it must be read, or null when it hides nothing, or asks for no service that can be asked so. */
    static @Nullable SealedRequest of(Request request, Genesis genesis, Limits limits) {
        if (!ConfidentialCall.isOperation(request.operation())) {
            return null;
        }
        try {
            int lengthMax = limits.operationLengthMax();
            ServiceCall outer = ServiceCall.codec(lengthMax).decode(request.operation());
            ConfidentialCall call = ConfidentialCall.codec(lengthMax).decode(outer.operation());
            if (!genesis.services().containsKey(call.service())) {
                return null;
            }
            byte[] label = ConfidentialCall.label(genesis.configuration(), call.service(), request.id());
            return new SealedRequest(request.id(), request.digest(), call.service(), call.ciphertext(), label);
        } catch (MalformedException e) {
            return null; // whoever asks treats it like any other operation that does not decode
        }
    }

    /** The same request, once it is known what it asks. */
    Request opened(Disclosure.Content content, Limits limits) {
        byte[] operation = content.operation();
        ServiceCall call = operation == null
                ? new ServiceCall(ConfidentialCall.SERVICE, new byte[0])
                : new ServiceCall(service, operation);
        return new Request(id, ServiceCall.codec(limits.operationLengthMax()).encode(call));
    }
}
