#include "tools/venue_sim/net/socket_session_tls.h"

namespace colibri::venue_sim {

template void SocketSessionOver<TlsStream>::StartPings();
template void SocketSessionOver<TlsStream>::WriteNext();
template void SocketSessionOver<TlsStream>::CloseNicely();

}  // namespace colibri::venue_sim
