package org.keyferry.vici;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// The file of a listening Unix socket: made with its permissions already set, never in the place
/// of a living daemon's, and removed only while it is still ours.
final class SocketFile {
    private static final String PERMISSIONS = "rwxrwx---"; // as charon's

    private final Path path;
    private final Object inode;

    private SocketFile(Path path, Object inode) {
        this.path = path;
        this.inode = inode;
    }

    /// Binds in a directory that only we can enter, then links the finished socket to its place:
    /// nobody can connect before the permissions hold, and linking fails if another daemon came
    /// first.
    ///
    /// @throws BindException if a daemon answers at `path`, or a file that is no socket is there
    static SocketFile bind(
            ServerSocketChannel channel, Path path, int backlog, ViciServerOptions options)
            throws IOException {
        Path place = path.toAbsolutePath();
        removeStale(place);
        Path workshop = Files.createTempDirectory(place.getParent(), "v");
        Path made = workshop.resolve(place.getFileName());
        try {
            channel.bind(UnixDomainSocketAddress.of(made), backlog);
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString(PERMISSIONS));
            Files.createLink(place, made);
            chown(place, options);
            return new SocketFile(place, inode(place));
        } catch (FileAlreadyExistsException _) {
            throw new BindException("another daemon has just taken " + place);
        } finally {
            Files.deleteIfExists(made);
            Files.delete(workshop);
        }
    }

    void removeIfOurs() throws IOException {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && inode(path).equals(inode)) {
            Files.deleteIfExists(path);
        }
    }

    private static void removeStale(Path place) throws IOException {
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        int type = (Integer) Files.getAttribute(place, "unix:mode", LinkOption.NOFOLLOW_LINKS);
        if ((type & 0170000) != 0140000) { // S_IFMT, S_IFSOCK
            throw new BindException(place + " exists and is no socket");
        }
        if (isAnswered(place)) {
            throw new BindException("a daemon is already listening on " + place);
        }
        Files.deleteIfExists(place);
    }

    /// Does not wait. Only a refusal proves that nobody listens; a full backlog shows as another
    /// error and counts as answered.
    private static boolean isAnswered(Path place) throws IOException {
        try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            probe.configureBlocking(false);
            probe.connect(UnixDomainSocketAddress.of(place));
            return true;
        } catch (ConnectException _) {
            return false;
        } catch (SocketException _) {
            return true;
        }
    }

    private static void chown(Path file, ViciServerOptions options) throws IOException {
        var lookup = file.getFileSystem().getUserPrincipalLookupService();
        var view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        Optional<String> group = options.group();
        if (group.isPresent()) {
            view.setGroup(lookup.lookupPrincipalByGroupName(group.get()));
        }
        Optional<String> user = options.user();
        if (user.isPresent()) {
            view.setOwner(lookup.lookupPrincipalByName(user.get()));
        }
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }
}
