/**
 * The group as one server, for applications.
 *
 * <p>Guarantee: a result that {@link org.maftia.client.GroupClient#submit} gives was given, at the same slot of the log,
 * by replicas of which at least one is correct; the operation was executed exactly once. Replicas that lie, crash, stay
 * silent or come back are not noticed while a quorum works, and the client may start before the group does.
 *
 * {@snippet :
 * try (GroupClient client = GroupClient.connect(setup)) {
 *     byte[] result = client.submit("register", operation).get();
 * }
 * }
 *
 * <p><b>Reads</b> need not go through the log. {@link org.maftia.client.GroupClient#read} asks all replicas, and believes a
 * quorum in the same state: linearizable, in one round trip while nobody writes. It is for services that {@code quorumReads}
 * of the setup names, whose results are then believed from a quorum too; so all clients of a group must name the same. {@link
 * org.maftia.client.GroupClient#readCertified} asks one replica for a value that a quorum certified: it may be some seconds
 * or minutes old, says how old, and proves itself to third parties.
 *
 * {@snippet :
 * byte[] present = client.read("register", get).get();
 * CertifiedRead read = client.readCertified("register", "key", TimeUnit.MINUTES.toMicros(1)).get();
 * byte[] value = read.value();
 * Files.write(proof, CertifiedRead.CODEC.encode(read));
 * }
 *
 * <p><b>Confidential requests.</b> A sealed bid must not be read, and outbid, by a replica that sees it first. {@link
 * org.maftia.client.GroupClient#submitConfidential} encrypts the operation to the whole group: replicas give it its place
 * in the log first, and open it together then. The group's key and the client's number come from the group's transcript.
 *
 * {@snippet :
 * var confidentiality = new GroupClientSetup.Confidentiality(keys.number(), keys.group().cipher());
 * var setup = new GroupClientSetup(
 *         charter, limits, replicas, identity, timeoutMicros, Optional.of(confidentiality), quorumReads);
 * try (GroupClient client = GroupClient.connect(setup)) {
 *     byte[] receipt = client.submitConfidential("auction", bid).get();
 * }
 * }
 *
 * <p><b>Signed requests.</b> A client whose certificate has an Ed25519 key may sign, a batch with one signature. Then it need
 * not send each request to all replicas: one hands it on, and the client goes to all only after a time-out.
 *
 * {@snippet :
 * var key = new GroupClientSetup.Signature(
 *         keys.number(), ClientSignatureKeys.signer(keys.key()).orElseThrow());
 * try (GroupClient client = GroupClient.connect(setup.signing(key, GroupClientSetup.Mode.HOME))) {
 *     byte[] result = client.submit("register", operation).get();
 * }
 * }
 */
@NullMarked
package org.maftia.client;

import org.jspecify.annotations.NullMarked;
