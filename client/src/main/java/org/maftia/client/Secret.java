package org.maftia.client;

import org.maftia.core.crypto.Entropy;
import org.maftia.core.ordering.RequestId;
import org.maftia.core.replica.ConfidentialCall;
import org.maftia.core.replica.ServiceCall;
import org.maftia.core.wire.Codec;

/**
 * What a confidential request says, and to whom. Kept until it is answered: another configuration has another key.
 *
 * @param operation in the service's own encoding
 */
record Secret(String service, byte[] operation) {
    /**
     * The operation of the request, encrypted for the group and this one request. Takes half a millisecond, so it is not
     * for the thread of the loop.
     */
    byte[] sealed(GroupClientSetup with, long session, long sequence, Entropy entropy) {
        GroupClientSetup.Confidentiality known = with.confidentiality().orElseThrow();
        RequestId id = new RequestId(known.client(), session, sequence);
        byte[] label = ConfidentialCall.label(with.configuration(), service, id);
        byte[] ciphertext = known.cipher().encrypt(operation, label, entropy);
        Codec<ServiceCall> calls = ServiceCall.codec(with.limits().operationLengthMax());
        byte[] call = ConfidentialCall.codec(with.limits().operationLengthMax())
                .encode(new ConfidentialCall(service, ciphertext));
        return calls.encode(new ServiceCall(ConfidentialCall.SERVICE, call));
    }
}
