package org.keyferry.settings.model;

/// Which certificates and requests for some travel.
///
/// @param sendCertreq the peer is told which CAs are trusted
public record CertExchange(boolean sendCertreq, SendCert sendCert, OcspExchange ocsp) {
    public static final CertExchange DEFAULT =
            new CertExchange(true, SendCert.IFASKED, OcspExchange.REPLY);
}
