package org.keyferry.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.keyferry.settings.ConnectionDefaults;
import org.keyferry.settings.FileSource;
import org.keyferry.settings.LoadedConf;
import org.keyferry.settings.SettingsParser;
import org.keyferry.settings.SwanctlConf;
import org.keyferry.settings.model.Connection;
import org.keyferry.settings.model.SecretText;
import org.keyferry.settings.model.SharedSecret;

class ConfigStoreTest {
    private final ConfigStore store = new ConfigStore();

    private static Connection connection(String name, String peer) throws Exception {
        String text =
                """
                connections { %s {
                  remote_addrs = %s
                  local { auth = psk }
                  remote { auth = psk }
                  children { %1$s-net { } }
                } }
                """
                        .formatted(name, peer);
        var tree =
                SettingsParser.parse(
                        Path.of("test"),
                        text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        FileSource.DISK);
        return SwanctlConf.read(tree, ConnectionDefaults.supporting(_ -> true))
                .connections()
                .getFirst();
    }

    private static SharedSecret secret(String id) {
        return new SharedSecret(
                id, SharedSecret.Kind.IKE, SecretText.owned(new byte[] {1}), List.of());
    }

    private List<String> names() {
        return store.connections().stream().map(Connection::name).toList();
    }

    @Test
    void aReloadTellsWhatIsNewOrChangedAndDropsWhatIsGone() throws Exception {
        var a = connection("a", "192.0.2.1");
        var b = connection("b", "192.0.2.2");
        store.replaceFile(new LoadedConf(List.of(a, b), List.of()));
        var changedB = connection("b", "192.0.2.3");
        var c = connection("c", "192.0.2.4");
        var next = new LoadedConf(List.of(changedB, c), List.of());
        assertEquals(
                List.of("b REPLACED", "c ADDED", "a REMOVED"),
                store.changesBy(next).stream().map(ch -> ch.name() + " " + ch.kind()).toList());
        store.replaceFile(next);
        assertEquals(List.of("b", "c"), names());
    }

    @Test
    void whatClientsLoadedOutlivesAReloadOfTheFile() throws Exception {
        store.replaceFile(
                new LoadedConf(List.of(connection("a", "192.0.2.1")), List.of(secret("ike-a"))));
        store.load(connection("v", "192.0.2.9"));
        store.loadSecret(secret("ike-v"));
        store.replaceFile(new LoadedConf(List.of(), List.of()));
        assertEquals(List.of("v"), names());
        assertEquals(List.of("ike-v"), store.secretIds());
    }

    @Test
    void aReplacedConnectionKeepsItsPlace() throws Exception {
        store.load(connection("a", "192.0.2.1"));
        store.load(connection("b", "192.0.2.2"));
        store.load(connection("a", "192.0.2.3"));
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    void anEqualConnectionStaysTheObjectThatItWas() throws Exception {
        Connection first = connection("a", "192.0.2.1");
        store.load(first);
        store.load(connection("a", "192.0.2.1"));
        assertSame(first, store.connection("a").orElseThrow());
    }

    @Test
    void aChildAloneNamesTheFirstConnectionThatHasIt() throws Exception {
        store.load(connection("a", "192.0.2.1"));
        store.load(connection("b", "192.0.2.2"));
        assertEquals("b", store.connectionWithChild("b-net").orElseThrow().name());
        assertTrue(store.connectionWithChild("c-net").isEmpty());
    }

    @Test
    void secretsWithoutAnIdAreNotListed() {
        store.loadSecret(secret(store.idForUnnamedSecret()));
        store.loadSecret(secret(store.idForUnnamedSecret()));
        store.loadSecret(secret("ike-1"));
        assertEquals(List.of("ike-1"), store.secretIds());
        assertEquals(3, store.secrets().size());
        store.clearSecrets();
        assertEquals(0, store.secrets().size());
    }
}
