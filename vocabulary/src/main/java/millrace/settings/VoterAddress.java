package millrace.settings;

/// A member of the metadata quorum as `controller.quorum.voters` names it: `id@host:port`.
public record VoterAddress(int nodeId, HostPort address) {
    /// @return null when the text is not of this form
    public static VoterAddress parse(String text) {
        int at = text.indexOf('@');
        if (at <= 0) return null;
        HostPort address = HostPort.parse(text.substring(at + 1));
        if (address == null || address.host().isEmpty()) return null;
        try {
            int nodeId = Integer.parseInt(text.substring(0, at).trim());
            return nodeId < 0 ? null : new VoterAddress(nodeId, address);
        } catch (NumberFormatException notAnId) {
            return null;
        }
    }

    @Override public String toString() {
        return nodeId + "@" + address;
    }
}
