package org.keyferry.cli.load;

/// Hears how a load goes on.
public interface Report {
    void loaded(Kind kind, String name);

    void removed(Kind kind, String name);

    void failed(LoadFailure failure);

    /// Something that a user should know, though nothing failed.
    void note(String text);

    /// @param total of this kind
    void progress(Kind kind, int done, int total);
}
