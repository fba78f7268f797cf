package org.keyferry.nativeshim;

import java.util.Map;

/// `errno` numbers of the generic Linux ABI (x86-64, arm64, riscv64), with their names and texts.
public final class Errno {
    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EAGAIN = 11;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int ENODEV = 19;
    public static final int EINVAL = 22;
    public static final int EMSGSIZE = 90;
    public static final int EPROTONOSUPPORT = 93;
    public static final int EOPNOTSUPP = 95;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENOBUFS = 105;

    /// In the kernel only, yet some netlink handlers let it out; the C library has no text for it.
    private static final int ENOTSUPP = 524;

    private static final Map<Integer, String> NAMES =
            Map.ofEntries(
                    Map.entry(1, "EPERM"),
                    Map.entry(2, "ENOENT"),
                    Map.entry(3, "ESRCH"),
                    Map.entry(4, "EINTR"),
                    Map.entry(5, "EIO"),
                    Map.entry(6, "ENXIO"),
                    Map.entry(7, "E2BIG"),
                    Map.entry(8, "ENOEXEC"),
                    Map.entry(9, "EBADF"),
                    Map.entry(10, "ECHILD"),
                    Map.entry(11, "EAGAIN"),
                    Map.entry(12, "ENOMEM"),
                    Map.entry(13, "EACCES"),
                    Map.entry(14, "EFAULT"),
                    Map.entry(15, "ENOTBLK"),
                    Map.entry(16, "EBUSY"),
                    Map.entry(17, "EEXIST"),
                    Map.entry(18, "EXDEV"),
                    Map.entry(19, "ENODEV"),
                    Map.entry(20, "ENOTDIR"),
                    Map.entry(21, "EISDIR"),
                    Map.entry(22, "EINVAL"),
                    Map.entry(23, "ENFILE"),
                    Map.entry(24, "EMFILE"),
                    Map.entry(25, "ENOTTY"),
                    Map.entry(26, "ETXTBSY"),
                    Map.entry(27, "EFBIG"),
                    Map.entry(28, "ENOSPC"),
                    Map.entry(29, "ESPIPE"),
                    Map.entry(30, "EROFS"),
                    Map.entry(31, "EMLINK"),
                    Map.entry(32, "EPIPE"),
                    Map.entry(33, "EDOM"),
                    Map.entry(34, "ERANGE"),
                    Map.entry(35, "EDEADLK"),
                    Map.entry(36, "ENAMETOOLONG"),
                    Map.entry(37, "ENOLCK"),
                    Map.entry(38, "ENOSYS"),
                    Map.entry(39, "ENOTEMPTY"),
                    Map.entry(40, "ELOOP"),
                    Map.entry(42, "ENOMSG"),
                    Map.entry(43, "EIDRM"),
                    Map.entry(44, "ECHRNG"),
                    Map.entry(45, "EL2NSYNC"),
                    Map.entry(46, "EL3HLT"),
                    Map.entry(47, "EL3RST"),
                    Map.entry(48, "ELNRNG"),
                    Map.entry(49, "EUNATCH"),
                    Map.entry(50, "ENOCSI"),
                    Map.entry(51, "EL2HLT"),
                    Map.entry(52, "EBADE"),
                    Map.entry(53, "EBADR"),
                    Map.entry(54, "EXFULL"),
                    Map.entry(55, "ENOANO"),
                    Map.entry(56, "EBADRQC"),
                    Map.entry(57, "EBADSLT"),
                    Map.entry(59, "EBFONT"),
                    Map.entry(60, "ENOSTR"),
                    Map.entry(61, "ENODATA"),
                    Map.entry(62, "ETIME"),
                    Map.entry(63, "ENOSR"),
                    Map.entry(64, "ENONET"),
                    Map.entry(65, "ENOPKG"),
                    Map.entry(66, "EREMOTE"),
                    Map.entry(67, "ENOLINK"),
                    Map.entry(68, "EADV"),
                    Map.entry(69, "ESRMNT"),
                    Map.entry(70, "ECOMM"),
                    Map.entry(71, "EPROTO"),
                    Map.entry(72, "EMULTIHOP"),
                    Map.entry(73, "EDOTDOT"),
                    Map.entry(74, "EBADMSG"),
                    Map.entry(75, "EOVERFLOW"),
                    Map.entry(76, "ENOTUNIQ"),
                    Map.entry(77, "EBADFD"),
                    Map.entry(78, "EREMCHG"),
                    Map.entry(79, "ELIBACC"),
                    Map.entry(80, "ELIBBAD"),
                    Map.entry(81, "ELIBSCN"),
                    Map.entry(82, "ELIBMAX"),
                    Map.entry(83, "ELIBEXEC"),
                    Map.entry(84, "EILSEQ"),
                    Map.entry(85, "ERESTART"),
                    Map.entry(86, "ESTRPIPE"),
                    Map.entry(87, "EUSERS"),
                    Map.entry(88, "ENOTSOCK"),
                    Map.entry(89, "EDESTADDRREQ"),
                    Map.entry(90, "EMSGSIZE"),
                    Map.entry(91, "EPROTOTYPE"),
                    Map.entry(92, "ENOPROTOOPT"),
                    Map.entry(93, "EPROTONOSUPPORT"),
                    Map.entry(94, "ESOCKTNOSUPPORT"),
                    Map.entry(95, "EOPNOTSUPP"),
                    Map.entry(96, "EPFNOSUPPORT"),
                    Map.entry(97, "EAFNOSUPPORT"),
                    Map.entry(98, "EADDRINUSE"),
                    Map.entry(99, "EADDRNOTAVAIL"),
                    Map.entry(100, "ENETDOWN"),
                    Map.entry(101, "ENETUNREACH"),
                    Map.entry(102, "ENETRESET"),
                    Map.entry(103, "ECONNABORTED"),
                    Map.entry(104, "ECONNRESET"),
                    Map.entry(105, "ENOBUFS"),
                    Map.entry(106, "EISCONN"),
                    Map.entry(107, "ENOTCONN"),
                    Map.entry(108, "ESHUTDOWN"),
                    Map.entry(109, "ETOOMANYREFS"),
                    Map.entry(110, "ETIMEDOUT"),
                    Map.entry(111, "ECONNREFUSED"),
                    Map.entry(112, "EHOSTDOWN"),
                    Map.entry(113, "EHOSTUNREACH"),
                    Map.entry(114, "EALREADY"),
                    Map.entry(115, "EINPROGRESS"),
                    Map.entry(116, "ESTALE"),
                    Map.entry(117, "EUCLEAN"),
                    Map.entry(118, "ENOTNAM"),
                    Map.entry(119, "ENAVAIL"),
                    Map.entry(120, "EISNAM"),
                    Map.entry(121, "EREMOTEIO"),
                    Map.entry(122, "EDQUOT"),
                    Map.entry(123, "ENOMEDIUM"),
                    Map.entry(124, "EMEDIUMTYPE"),
                    Map.entry(125, "ECANCELED"),
                    Map.entry(126, "ENOKEY"),
                    Map.entry(127, "EKEYEXPIRED"),
                    Map.entry(128, "EKEYREVOKED"),
                    Map.entry(129, "EKEYREJECTED"),
                    Map.entry(130, "EOWNERDEAD"),
                    Map.entry(131, "ENOTRECOVERABLE"),
                    Map.entry(132, "ERFKILL"),
                    Map.entry(133, "EHWPOISON"),
                    Map.entry(524, "ENOTSUPP"));

    private Errno() {}

    /// The symbol of `errno.h`, or `errno 4095` for a number without one.
    public static String name(int errno) {
        String name = NAMES.get(errno);
        return name == null ? "errno " + errno : name;
    }

    /// The C library's text for the number.
    public static String text(int errno) {
        return errno == ENOTSUPP ? "Operation not supported" : LibC.C.strerror(errno);
    }
}
