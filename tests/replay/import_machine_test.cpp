// What boards print of their memory becomes a machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memsim/replay/import_machine.hpp>

#include "replay/files.hpp"

namespace memsim {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string yaml_of(const HostResult<std::string>& made) { return made ? *made : render(made.error(), Colour::off); }

TEST(ImportIomem, RamBecomesRegionsAndWhatTheKernelKeepsReservations) {
  const Files files;
  const std::string path = files.write("iomem",
                                       "00000000-00000fff : Reserved\n"
                                       "00001000-0009fbff : System RAM\n"
                                       "00100000-bfffffff : System RAM\n"
                                       "  01000000-01e02fff : Kernel code\n"
                                       "  02000000-023fffff : Kernel rodata\n"
                                       "  27000000-30ffffff : Crash kernel\n"
                                       "fec00000-fec003ff : IOAPIC 0\n"
                                       "100000000-63fffffff : System RAM\n");
  EXPECT_EQ(yaml_of(import_iomem(path)), "# From " + path +
                                             ".\n"
                                             "# 2 ranges of devices and firmware are no memory, left out\n"
                                             "# 0x1000-0x9fbff memory/below4G/ram/sysram: cut to whole pages\n"
                                             "machine:\n"
                                             "  regions:\n"
                                             "    - {name: memory/below4G/ram/sysram, base: 0x1000, size: 632 KiB}\n"
                                             "    - {name: memory/below4G/ram/sysram, base: 0x100000, size: 3071 MiB}\n"
                                             "    - {name: memory/ram/sysram, base: 0x100000000, size: 21 GiB}\n"
                                             "  reservations:\n"
                                             "    - {name: \"Kernel code\", base: 0x1000000, size: 14348 KiB}\n"
                                             "    - {name: \"Kernel rodata\", base: 0x2000000, size: 4 MiB}\n"
                                             "    - {name: \"Crash kernel\", base: 0x27000000, size: 160 MiB}\n");
}

TEST(ImportIomem, HiddenAddressesAndNoRamAreTold) {
  const Files files;
  EXPECT_THAT(yaml_of(import_iomem(files.write("i", "00000000-00000000 : System RAM\n"))), HasSubstr("as root"));
  EXPECT_THAT(yaml_of(import_iomem(files.write("i", "00000000-00000fff : Reserved\n"))), HasSubstr("no System RAM"));
  EXPECT_THAT(yaml_of(import_iomem(files.write("i", "zz : System RAM\n"))), HasSubstr(":1: error: no range"));
  EXPECT_THAT(yaml_of(import_iomem(files.write("i", "5-4 : System RAM\n"))), HasSubstr(":1: error: no range"));
  EXPECT_THAT(yaml_of(import_iomem(files.write("i", "0-ffffffffffffffff : System RAM\n"))), HasSubstr(":1: error"));
}

TEST(ImportDts, MemoryNodesBecomeRegionsAndReservedMemoryReservations) {
  const Files files;
  const std::string path = files.write("board.dts", R"(/dts-v1/;
#include "soc.dtsi"
/memreserve/ 0x40000000 0x10000;
/ {
  #address-cells = <2>;
  #size-cells = <2>; // of 64 bits
  memory@40000000 {
    device_type = "memory";
    reg = <0x0 0x40000000 0x0 0x40000000>, <0x1 0x0 0x0 0x80000000>;
  };
  reserved-memory {
    #address-cells = <2>;
    #size-cells = <2>;
    ranges;
    camera: camera@50000000 { reg = <0 0x50000000 0 0x400000>; no-map; };
    linux,cma { compatible = "shared-dma-pool"; reusable; size = <0 0x10000000>; };
    modem@60000000 { reg = <0 MODEM_BASE 0 0x1000>; };
    off@61000000 { reg = <0 0x61000000 0 0x1000>; status = "disabled"; };
  };
};
&camera { /* by reference */ };
)");
  const std::string yaml = yaml_of(import_dts(path));
  EXPECT_THAT(yaml, HasSubstr("- {name: memory/below4G/ram/sysram, base: 0x40000000, size: 1 GiB}"));
  EXPECT_THAT(yaml, HasSubstr("- {name: memory/ram/sysram, base: 0x100000000, size: 2 GiB}"));
  EXPECT_THAT(yaml, HasSubstr("- {name: camera, base: 0x50000000, size: 4 MiB}"));
  EXPECT_THAT(yaml, HasSubstr("- {name: memreserve, base: 0x40000000, size: 64 KiB}"));
  EXPECT_THAT(yaml, HasSubstr("# line 16: linux,cma is placed at boot"));
  EXPECT_THAT(yaml, HasSubstr("# line 17: modem has no reg that is written out"));
  EXPECT_THAT(yaml, HasSubstr("# line 18: off is disabled"));
  EXPECT_THAT(yaml, HasSubstr("# line 2: #include \"soc.dtsi\": not followed"));
}

TEST(ImportDts, DamagedSourcesAreNamed) {
  const Files files;
  EXPECT_THAT(yaml_of(import_dts(files.write("d", "/ {\n"))), HasSubstr("a node that does not close"));
  EXPECT_THAT(yaml_of(import_dts(files.write("d", "};\n"))), HasSubstr(":1: error: a '}' that closes nothing"));
  EXPECT_THAT(yaml_of(import_dts(files.write("d", "/ { a = <1"))), HasSubstr("cells that do not close"));
  EXPECT_THAT(yaml_of(import_dts(files.write("d", "/ { a = \"x"))), HasSubstr("a string that does not close"));
  EXPECT_THAT(yaml_of(import_dts(files.write("d", "/ { };"))), HasSubstr("dtc -I dtb -O dts"));
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a{\n";
  EXPECT_THAT(yaml_of(import_dts(files.write("d", deep))), HasSubstr("nested deeper than 64"));
}

TEST(ImportAsinfo, SysramIsGeneralAndOtherRamForTypedMemory) {
  const Files files;
  const std::string path =
      files.write("asinfo",
                  "Header size=0x00000108, Total Size=0x000008b8, #Cpu=4, Type=257\n"
                  "Section:asinfo offset:0x00000490 size:0x00000140 elsize:0x00000020\n"
                  "   0000) 0000000000000000-000000ffffffffff o:ffff /memory\n"
                  "   0020) 0000000000000000-00000000ffffffff o:0000 /memory/below4G\n"
                  "   0040) 0000000040000000-000000007fffffff o:0020 /memory/below4G/ram\n"
                  "   0060) 000000007f000000-000000007fffffff o:0040 /memory/below4G/ram/camera\n"
                  "   0080) 0000000040000000-000000004000ffff o:ffff /io\n"
                  "   00a0) 0000000040080000-000000007effffff o:0040 /memory/below4G/ram/sysram\n");
  const std::string yaml = yaml_of(import_asinfo(path));
  EXPECT_THAT(yaml, HasSubstr("- {name: memory/below4G/ram/sysram, base: 0x40080000, size: 1031680 KiB}"));
  EXPECT_THAT(yaml, HasSubstr("- {name: memory/below4G/ram/camera, base: 0x7f000000, size: 16 MiB, general: false}"));
  EXPECT_THAT(yaml, HasSubstr("# 0x0-0xffffffff memory/below4G: holds the others"));
  EXPECT_THAT(yaml, Not(HasSubstr("name: io")));
}

TEST(ImportAsinfo, ARangeOfSeveralNamesKeepsTheFirst) {
  const Files files;
  const std::string yaml = yaml_of(import_asinfo(files.write("a",
                                                             "0) 00001000-01ffffff o:0 /memory/ram/sysram\n"
                                                             "1) 00001000-00ffffff o:0 /memory/isa/ram/dma\n")));
  EXPECT_THAT(yaml, HasSubstr("# 0x1000-0xffffff is named memory/isa/ram/dma too"));
  EXPECT_THAT(yaml, HasSubstr("- {name: memory/ram/sysram, base: 0x1000, size: 32764 KiB}\n"));
  EXPECT_THAT(yaml_of(import_asinfo(files.write("a", "nothing\n"))), HasSubstr("pidin syspage=asinfo"));
}

}  // namespace
}  // namespace memsim
