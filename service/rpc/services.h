#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>

#include "service/platform/configuration.h"
#include "service/rpc/backups.h"
#include "service/rpc/office.h"

// The handlers, one service a file. Each decodes, lets the domain decide, encodes; none decides anything.
namespace brug::rpc {

[[nodiscard]] std::unique_ptr<grpc::Service> MakeSyncService(Office& office);
[[nodiscard]] std::unique_ptr<grpc::Service> MakeEnrolmentService(Office& office);
[[nodiscard]] std::unique_ptr<grpc::Service> MakeCaseloadService(Office& office);
[[nodiscard]] std::unique_ptr<grpc::Service> MakeRewardService(Office& office);
[[nodiscard]] std::unique_ptr<grpc::Service> MakeAdminService(Office& office,
                                                              const platform::Configuration& configuration,
                                                              Backups& backups);

}  // namespace brug::rpc
