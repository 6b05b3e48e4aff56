// The one compilation of Asio, Asio SSL and Beast: every other file only declares them.
//
// Works through BOOST_ASIO_SEPARATE_COMPILATION and BOOST_BEAST_SEPARATE_COMPILATION, which
// colibri_asio hands to whoever links it. Two differing settings in one program are two
// definitions of one function.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
